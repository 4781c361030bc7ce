import { createPublicKey, type JsonWebKeyInput, type KeyObject } from "node:crypto";
import { COSE, isUsableKey, readCoseKey } from "./cose-key.ts";

/** Labels of COSE keys for the coordinates of a curve (RFC 9053 section 7), and for an RSA key's exponent (RFC 8230 section 4). */
const X = -2;
const Y = -3;
const EXPONENT = -2;

const LEAST_RSA_BITS = 2_048;
const USUAL_EXPONENT = 65_537n;

/**
 * Whether a key of another system is of a kind that we take, and can prove its owner alone. A key that an authenticator has made is
 * sound; one in a file may be anything, such as a point for which everyone can make signatures.
 */
export async function isSoundKey(publicKey: Buffer): Promise<boolean> {
  const key = await readCoseKey(publicKey);
  if (key === null || !(await isUsableKey(publicKey))) {
    return false;
  }
  const bytes = (label: number) => bytesOf(key.get(label));
  // No other members (WebAuthn section 6.5.1.1).
  switch (key.get(COSE.algorithm)) {
    case -8:
      return key.size === 4 && isSoundPoint(bytes(X));
    case -7:
      return key.size === 5 && isOnP256(bytes(X), bytes(Y));
    default:
      return key.size === 4 && isSoundRsa(bytes(COSE.curveOrModulus), bytes(EXPONENT));
  }
}

const bytesOf = (value: unknown): Buffer =>
  value instanceof Uint8Array ? Buffer.from(value) : Buffer.alloc(0);

const isOnP256 = (x: Buffer, y: Buffer): boolean =>
  x.length === 32 &&
  y.length === 32 &&
  keyOf({ kty: "EC", crv: "P-256", x: x.toString("base64url"), y: y.toString("base64url") }) !== null;

/** An even modulus has a known factor. */
function isSoundRsa(modulus: Buffer, exponent: Buffer): boolean {
  const key = keyOf({ kty: "RSA", n: modulus.toString("base64url"), e: exponent.toString("base64url") });
  const { modulusLength = 0, publicExponent = 0n } = key?.asymmetricKeyDetails ?? {};
  const isOdd = (modulus.at(-1) ?? 0) % 2 === 1;
  return modulusLength >= LEAST_RSA_BITS && publicExponent === USUAL_EXPONENT && isOdd;
}

function keyOf(key: JsonWebKeyInput["key"]): KeyObject | null {
  try {
    return createPublicKey({ format: "jwk", key });
  } catch {
    return null;
  }
}

/**
 * The y of all points of edwards25519 whose order is small, in the encoding of RFC 8032 section 5.1.2 without the sign of x; the last two name
 * 0 and 1 a second time, above the size of the field. OpenSSL takes any 32 bytes, and a signature for such a point needs no private key.
 */
const SMALL_ORDER = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]);

function isSoundPoint(encoded: Buffer): boolean {
  const y = Buffer.from(encoded);
  y[31] = (y[31] ?? 0) & 0x7f;
  return encoded.length === 32 && !SMALL_ORDER.has(y.toString("hex"));
}
