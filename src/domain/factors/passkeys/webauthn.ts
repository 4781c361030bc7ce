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
import { now } from "../../../kernel/clock.ts";
import type { AuthenticatorModel } from "./authenticator-model.ts";
import { claimedModel, leadsToModel, statementIn, type ModelDemand, type Statement } from "./model-demand.ts";
import { ALGORITHMS, isUsableKey } from "./cose-key.ts";
import type { RelyingParty } from "./passkey.ts";

/**
 * The library is called here, and by the small files for keys, statements and metadata. It is loaded with the first passkey, because it
 * brings a parser of certificates. What a browser sends is untrusted: every field has a limit, and whatever the library throws means that
 * the answer proves nothing.
 */
const library = () => import("@simplewebauthn/server");

/** Why an answer proves nothing; for the audit log. */
export type PasskeyFault =
  | "malformed"
  | "challenge"
  | "purpose"
  | "origin"
  | "relying-party"
  | "unknown-passkey"
  | "attestation"
  /** It is of no model that the office accepts, or does not prove that it is. */
  | "model"
  | "model-unproved"
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

interface ExpectedModel extends Expected {
  /** Null: a passkey of any model is taken, and none has to prove its own. */
  readonly demand: ModelDemand | null;
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
  { party, challenge, demand }: ExpectedModel,
): Promise<({ readonly type: "right" } & NewPasskey) | Wrong> {
  const response = readAttestation(text);
  if (response === null) {
    return wrong("malformed");
  }
  const notOurs = clientFault(response.response.clientDataJSON, {
    party,
    challenge,
    type: "webauthn.create",
  });
  if (notOurs !== null) {
    return wrong(notOurs);
  }
  const made = await statementIn(response);
  if (made === null) {
    return wrong("attestation");
  }
  const elsewhere = partyFault(made.authData, party);
  if (elsewhere !== null) {
    return wrong(elsewhere);
  }
  const model = demand === null ? "any" : await claimedModel(made, demand);
  if (model === null) {
    return wrong("model");
  }
  try {
    const fault = statementFault(made, model);
    return fault === null ? await newPasskey(response, { party, challenge }) : wrong(fault);
  } catch {
    return wrong(model === "any" ? "attestation" : "model-unproved");
  }
}

function statementFault(made: Statement, model: AuthenticatorModel | "any"): PasskeyFault | null {
  if (model !== "any") {
    return leadsToModel(made, model, now()) ? null : "model-unproved";
  }
  // None was asked for, and the certificates of a stranger would be parsed for nothing.
  return made.format === "none" ? null : "attestation";
}

/**
 * The library verifies the statement too. Of the formats that are taken it has no roots and no metadata service, so it looks at the first
 * certificate alone, and fetches nothing.
 */
async function newPasskey(
  response: Attestation,
  { party, challenge }: Expected,
): Promise<({ readonly type: "right" } & NewPasskey) | Wrong> {
  const { clientDataJSON, attestationObject, transports = [] } = response.response;
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
