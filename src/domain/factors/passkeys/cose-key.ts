/** Public keys of passkeys, in the form of COSE. The library is loaded with the first of them. */
const helpers = () => import("@simplewebauthn/server/helpers");

/** Kinds of keys by their COSE algorithm: what browsers are asked for, and what is taken. */
const KEYS: ReadonlyMap<number, { readonly type: number; readonly curve: number | null }> = new Map([
  [-8, { type: 1, curve: 6 }],
  [-7, { type: 2, curve: 1 }],
  [-257, { type: 3, curve: null }],
]);
export const ALGORITHMS: readonly number[] = [...KEYS.keys()];
const LEAST_RSA_BYTES = 256;

/** Labels of COSE keys (RFC 9052 section 7, RFC 9053); an RSA key has its modulus where others name their curve. */
export const COSE = { type: 1, algorithm: 3, curveOrModulus: -1 } as const;

/** The members of a COSE key; null for bytes that are none, or that go on after it. */
export async function readCoseKey(publicKey: Buffer): Promise<ReadonlyMap<unknown, unknown> | null> {
  const { isoCBOR } = await helpers();
  try {
    const key: unknown = isoCBOR.decodeFirst(new Uint8Array(publicKey));
    return key instanceof Map && isoCBOR.encode(key).length === publicKey.length ? key : null;
  } catch {
    return null;
  }
}

/** A key whose type is another one than its algorithm says could be verified by rules that its owner chose. */
export async function isUsableKey(publicKey: Buffer): Promise<boolean> {
  const { decodeCredentialPublicKey } = await helpers();
  const key: { get(label: number): unknown } = decodeCredentialPublicKey(new Uint8Array(publicKey));
  const wanted = KEYS.get(Number(key.get(COSE.algorithm)));
  if (wanted === undefined || key.get(COSE.type) !== wanted.type) {
    return false;
  }
  const rest = key.get(COSE.curveOrModulus);
  return wanted.curve === null
    ? rest instanceof Uint8Array && rest.length >= LEAST_RSA_BYTES
    : rest === wanted.curve;
}
