import { createPublicKey, type JsonWebKeyInput, type KeyObject } from "node:crypto";
import { COSE, isUsableKey, readCoseKey } from "./webauthn.ts";

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

/** The field of edwards25519 and its constant d (RFC 8032 section 5.1). */
const P = 2n ** 255n - 19n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/**
 * A point of edwards25519 as RFC 8032 section 5.1.3 decodes it, whose order is not small: OpenSSL takes any 32 bytes, and a signature for a
 * point of small order can be made without a private key. Its order divides 8 where y is 0, 1 or -1, or the doubled point has y = 0.
 */
function isSoundPoint(encoded: Buffer): boolean {
  if (encoded.length !== 32) {
    return false;
  }
  const y = BigInt(`0x${Buffer.from(encoded).reverse().toString("hex")}`) & (2n ** 255n - 1n);
  const squared = (y * y) % P;
  const numerator = modulo(squared - 1n);
  const denominator = modulo(D * squared + 1n);
  const isSmall = y === 0n || numerator === 0n || modulo(D * squared * squared + 2n * squared - 1n) === 0n;
  return y < P && !isSmall && isSquare(modulo(numerator * denominator));
}

/** By Euler's criterion. */
const isSquare = (value: bigint): boolean => power(value, (P - 1n) / 2n) === 1n;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    result = rest % 2n === 1n ? modulo(result * factor) : result;
    factor = modulo(factor * factor);
  }
  return result;
}

const modulo = (value: bigint): bigint => ((value % P) + P) % P;
