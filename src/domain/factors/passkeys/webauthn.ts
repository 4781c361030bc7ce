import { createHash } from "node:crypto";
import { sameBytes } from "../../../kernel/secret.ts";
import {
  isTransport,
  readAttestation,
  readClientData,
  type Assertion,
  type Attestation,
  type Transport,
} from "./browser-answers.ts";
import type { RelyingParty } from "./passkey.ts";

/**
 * The only file that knows the library. It is loaded with the first passkey, because it brings a parser of certificates. What a
 * browser sends is untrusted: every field has a limit, and whatever the library throws means that the answer proves nothing.
 */
const library = () => import("@simplewebauthn/server");
const helpers = () => import("@simplewebauthn/server/helpers");

/** Why an answer proves nothing; for the audit log. */
export type PasskeyFault =
  | "malformed"
  | "challenge"
  | "purpose"
  | "origin"
  | "relying-party"
  | "unknown-passkey"
  | "attestation"
  | "algorithm"
  | "signature"
  | "counter"
  | "not-verified"
  | "too-many";

interface Wrong {
  readonly type: "wrong";
  readonly fault: PasskeyFault;
}

const wrong = (fault: PasskeyFault): Wrong => ({ type: "wrong", fault });

/** Kinds of keys by their COSE algorithm: what browsers are asked for, and what is taken. */
const KEYS: ReadonlyMap<number, { readonly type: number; readonly curve: number | null }> = new Map([
  [-8, { type: 1, curve: 6 }],
  [-7, { type: 2, curve: 1 }],
  [-257, { type: 3, curve: null }],
]);
export const ALGORITHMS: readonly number[] = [...KEYS.keys()];
const LEAST_RSA_BYTES = 256;

/** What an authenticator says of the key that signed. */
export interface ProvedPasskey {
  readonly counter: number;
  /** Whether the key can be on several devices. */
  readonly isSynced: boolean;
}

/** A new key, not stored yet. */
export interface NewPasskey extends ProvedPasskey {
  readonly id: Buffer;
  readonly publicKey: Buffer;
  readonly aaguid: string;
  readonly transports: readonly Transport[];
}

interface Expected {
  readonly party: RelyingParty;
  readonly challenge: Buffer;
}

interface ExpectedKey extends Expected {
  readonly key: { readonly publicKey: Buffer; readonly counter: number };
  /** Whether PIN, finger or face of the user had to be checked. */
  readonly mustVerifyUser: boolean;
}

/** Whether a stored key has signed the challenge (WebAuthn section 7.2). The counter is compared only after the signature. */
export async function verifyAssertion(
  response: Assertion,
  { party, challenge, key, mustVerifyUser }: ExpectedKey,
): Promise<({ readonly type: "right" } & ProvedPasskey) | Wrong> {
  const { clientDataJSON, authenticatorData, signature } = response.response;
  const fault =
    clientFault(clientDataJSON, { party, challenge, type: "webauthn.get" }) ??
    partyFault(Buffer.from(authenticatorData, "base64url"), party);
  if (fault !== null) {
    return wrong(fault);
  }
  try {
    const { verifyAuthenticationResponse } = await library();
    const { verified, authenticationInfo: found } = await verifyAuthenticationResponse({
      response: {
        ...response,
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge.toString("base64url"),
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: false,
      // Zero, so that the library judges the signature and not the counter, which is ours to report.
      credential: { id: response.id, publicKey: new Uint8Array(key.publicKey), counter: 0 },
    });
    if (!verified) {
      return wrong("signature");
    }
    if (mustVerifyUser && !found.userVerified) {
      return wrong("not-verified");
    }
    const counter = found.newCounter;
    return (counter > 0 || key.counter > 0) && counter <= key.counter
      ? wrong("counter")
      : { type: "right", counter, isSynced: found.credentialDeviceType === "multiDevice" };
  } catch {
    return wrong("signature");
  }
}

/** Whether a text is the new key of the challenge's page (WebAuthn section 7.1). */
export async function verifyAttestation(
  text: string,
  { party, challenge }: Expected,
): Promise<({ readonly type: "right" } & NewPasskey) | Wrong> {
  const response = readAttestation(text);
  if (response === null) {
    return wrong("malformed");
  }
  const fault = clientFault(response.response.clientDataJSON, { party, challenge, type: "webauthn.create" });
  if (fault !== null) {
    return wrong(fault);
  }
  try {
    return await newPasskey(response, { party, challenge });
  } catch {
    return wrong("attestation");
  }
}

async function newPasskey(
  response: Attestation,
  { party, challenge }: Expected,
): Promise<({ readonly type: "right" } & NewPasskey) | Wrong> {
  const { clientDataJSON, attestationObject, transports = [] } = response.response;
  const { decodeAttestationObject } = await helpers();
  const object = decodeAttestationObject(bytesOf(attestationObject));
  // None was asked for. One with certificates would be parsed, and the addresses in it fetched.
  if (object.get("fmt") !== "none") {
    return wrong("attestation");
  }
  const elsewhere = partyFault(Buffer.from(object.get("authData")), party);
  if (elsewhere !== null) {
    return wrong(elsewhere);
  }
  const { verifyRegistrationResponse } = await library();
  const { verified, registrationInfo: found } = await verifyRegistrationResponse({
    response: { ...response, response: { clientDataJSON, attestationObject }, clientExtensionResults: {} },
    expectedChallenge: challenge.toString("base64url"),
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: false,
    supportedAlgorithmIDs: [...ALGORITHMS],
  });
  if (!verified || found.credential.id !== response.id) {
    return wrong("attestation");
  }
  const publicKey = Buffer.from(found.credential.publicKey);
  if (!(await isUsableKey(publicKey))) {
    return wrong("algorithm");
  }
  return {
    type: "right",
    id: Buffer.from(found.credential.id, "base64url"),
    publicKey,
    counter: found.credential.counter,
    isSynced: found.credentialDeviceType === "multiDevice",
    aaguid: found.aaguid,
    transports: transports.filter(isTransport),
  };
}

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

/** What the browser itself says: the page it was on, and what it was asked. */
function clientFault(
  encoded: string,
  { party, challenge, type }: Expected & { readonly type: string },
): PasskeyFault | null {
  const data = readClientData(encoded);
  if (data === null) {
    return "malformed";
  }
  if (data.type !== type) {
    return "purpose";
  }
  if (data.origin !== party.origin || data.crossOrigin === true) {
    return "origin";
  }
  return sameBytes(Buffer.from(data.challenge, "base64url"), challenge) ? null : "challenge";
}

/** The first 32 bytes name the relying party. */
const partyFault = (authenticatorData: Buffer, { id }: RelyingParty): PasskeyFault | null =>
  sameBytes(authenticatorData.subarray(0, 32), createHash("sha256").update(id).digest())
    ? null
    : "relying-party";

const bytesOf = (encoded: string) => new Uint8Array(Buffer.from(encoded, "base64url"));
