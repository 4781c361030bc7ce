import { createECDH, createHash, createPrivateKey, type KeyObject } from "node:crypto";

/** A passkey that both sides of a bench can make from its number: the server stores it, the driver answers with it. */
export interface BenchPasskey {
  readonly id: Buffer;
  readonly userHandle: Buffer;
  readonly privateKey: KeyObject;
  /** COSE_Key of ES256 (RFC 9053 sections 2.1 and 7.1.1). */
  readonly publicKey: Buffer;
}

const made = new Map<number, BenchPasskey>();

export function passkeyOf(number: number): BenchPasskey {
  const known = made.get(number) ?? make(number);
  made.set(number, known);
  return known;
}

function make(number: number): BenchPasskey {
  const bytes = (what: string) =>
    createHash("sha256")
      .update(`bench ${what} ${String(number)}`)
      .digest();
  const curve = createECDH("prime256v1");
  const d = bytes("key");
  curve.setPrivateKey(d);
  const point = curve.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)];
  const text = (part: Buffer) => part.toString("base64url");
  const jwk = { kty: "EC", crv: "P-256", d: text(d), x: text(x), y: text(y) };
  return {
    id: bytes("id"),
    userHandle: bytes("handle"),
    privateKey: createPrivateKey({ key: jwk, format: "jwk" }),
    publicKey: Buffer.concat([
      Buffer.from("a5010203262001215820", "hex"),
      x,
      Buffer.from("225820", "hex"),
      y,
    ]),
  };
}
