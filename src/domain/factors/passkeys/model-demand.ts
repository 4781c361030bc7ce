import { X509Certificate } from "node:crypto";
import type { AuthenticatorModel } from "./authenticator-model.ts";
import type { Attestation } from "./browser-answers.ts";
import { leadsToAnchor } from "./certificate-chain.ts";

/** The models that an office accepts of new passkeys. */
export interface ModelDemand {
  /** AAGUIDs. */
  readonly listed: readonly string[];
  /** Null for a model that the metadata do not have. */
  readonly find: (aaguid: string) => Promise<AuthenticatorModel | null>;
}

/** What an authenticator says of itself, before anything of it is proved. */
export interface Statement {
  readonly format: unknown;
  readonly authData: Buffer;
  readonly statement: unknown;
}

/** What an authenticator says of a new key; null where it says nothing that can be read. */
export async function statementIn({ response }: Attestation): Promise<Statement | null> {
  const { decodeAttestationObject } = await import("@simplewebauthn/server/helpers");
  try {
    const object = decodeAttestationObject(
      new Uint8Array(Buffer.from(response.attestationObject, "base64url")),
    );
    const authData: unknown = object.get("authData");
    return authData instanceof Uint8Array
      ? { format: object.get("fmt"), authData: Buffer.from(authData), statement: object.get("attStmt") }
      : null;
  } catch {
    return null;
  }
}

/** The model that an authenticator claims to be; null for one that is not accepted, unknown or of a bad status. */
export async function claimedModel(
  { authData }: Statement,
  { listed, find }: ModelDemand,
): Promise<AuthenticatorModel | null> {
  const aaguid = aaguidOf(authData);
  const model = listed.includes(aaguid) ? await find(aaguid) : null;
  return model?.refusedFor === null ? model : null;
}

/**
 * Formats whose certificates a model's roots can vouch for: security keys say `packed`, Windows Hello `tpm`. For those of Android and Apple the
 * library brings roots of its own, and would ask a revocation list at an address that a stranger has sent.
 */
const CERTIFIED: readonly unknown[] = ["packed", "tpm"];

/**
 * Whether the certificates of a statement lead to a root of the model. The library verifies the rest: the signature by the first of
 * them, and what that one says. Without a certificate the new key has signed for itself, and can say anything. May throw.
 */
export function leadsToModel(
  { format, statement }: Statement,
  { roots }: AuthenticatorModel,
  at: Date,
): boolean {
  const certificates: unknown =
    CERTIFIED.includes(format) && statement instanceof Map ? statement.get("x5c") : null;
  return (
    Array.isArray(certificates) &&
    leadsToAnchor(certificates.map(certificateOf), roots.map(certificateOf), at)
  );
}

/** After hash, flags and counter (WebAuthn section 6.5.1); empty where there is none. */
const aaguidOf = (authData: Buffer): string =>
  authData
    .subarray(37, 53)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

function certificateOf(der: unknown): X509Certificate {
  if (!(der instanceof Uint8Array)) {
    throw new Error("A certificate is bytes.");
  }
  return new X509Certificate(der);
}
