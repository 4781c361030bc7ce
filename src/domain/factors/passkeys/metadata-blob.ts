import { verify, X509Certificate } from "node:crypto";
import { z } from "zod";
import { OperatorError } from "../../../kernel/errors.ts";
import { aaguidSchema, type AuthenticatorModel } from "./authenticator-model.ts";
import { leadsToAnchor } from "./certificate-chain.ts";

/** Characters of a file. That of the FIDO Alliance has about nine million, most of them pictures. */
export const MOST_CHARACTERS = 40_000_000;

/** What a file of metadata says. */
export interface AuthenticatorMetadata {
  /** Each file has a higher number than the one before. */
  readonly number: number;
  /** The day on which a newer one is due. */
  readonly nextUpdate: string;
  readonly models: readonly AuthenticatorModel[];
}

/** Whose signature counts. `host`: for whom its certificate is; null: any that the roots have issued. */
export interface MetadataSigner {
  readonly roots: readonly X509Certificate[];
  readonly host: string | null;
}

/** GlobalSign issues certificates to others too. */
export const FIDO_HOST = "mds.fidoalliance.org";

/** The roots of the FIDO Alliance's signature, which come with the library. */
export async function fidoSigner(): Promise<MetadataSigner> {
  const { SettingsService } = await import("@simplewebauthn/server");
  const roots = SettingsService.getRootCertificates({ identifier: "mds" });
  return { roots: roots.map((pem) => new X509Certificate(pem)), host: FIDO_HOST };
}

const headerSchema = z.object({
  alg: z.enum(["RS256", "ES256"]),
  x5c: z.array(z.string()).min(1),
});

/**
 * Statuses after which an authenticator proves nothing, whenever they were given (FIDO Metadata Service section 3.1.4): a later one does
 * not tell which of the devices in people's hands are meant.
 */
const REFUSED = [
  "REVOKED",
  "USER_VERIFICATION_BYPASS",
  "ATTESTATION_KEY_COMPROMISE",
  "USER_KEY_REMOTE_COMPROMISE",
  "USER_KEY_PHYSICAL_COMPROMISE",
] as const;

const entrySchema = z.object({
  aaguid: aaguidSchema,
  statusReports: z.array(z.object({ status: z.string() })),
  metadataStatement: z.object({
    description: z.string().max(500),
    attestationTypes: z.array(z.string()),
    attestationRootCertificates: z.array(z.string()),
  }),
});

const payloadSchema = z.object({
  no: z.int().min(0),
  nextUpdate: z.iso.date(),
  entries: z.array(z.unknown()),
});

/** A file of metadata (JWT, FIDO Metadata Service section 3.1.7) whose signature counts. Throws OperatorError for any other. */
export function readMetadata(text: string, signer: MetadataSigner, at: Date): AuthenticatorMetadata {
  const parts = text.length > MOST_CHARACTERS ? [] : text.trim().split(".");
  const [head = "", body = "", signature = ""] = parts;
  const header = headerSchema.safeParse(jsonOf(head));
  if (parts.length !== 3 || !header.success) {
    throw new OperatorError(
      "This is no file of passkey metadata: it has to be the signed BLOB as it is published.",
    );
  }
  const chain = certificatesOf(header.data.x5c);
  const [leaf] = chain;
  const isFor = (host: string | null) => host === null || leaf?.checkHost(host) !== undefined;
  if (leaf === undefined || !isFor(signer.host) || !leadsToAnchor(chain, signer.roots, at)) {
    throw new OperatorError("The certificates of this file do not lead to a root that counts.");
  }
  const signed = { data: Buffer.from(`${head}.${body}`), signature: Buffer.from(signature, "base64url") };
  if (!isSigned(leaf, header.data.alg, signed)) {
    throw new OperatorError("The signature of this file is wrong.");
  }
  const payload = payloadSchema.safeParse(jsonOf(body));
  if (!payload.success) {
    throw new OperatorError("This file is signed, but is no metadata of passkeys.");
  }
  const { no, nextUpdate, entries } = payload.data;
  return { number: no, nextUpdate, models: entries.flatMap(modelsOf) };
}

function isSigned(
  { publicKey: key }: X509Certificate,
  algorithm: "RS256" | "ES256",
  { data, signature }: { readonly data: Buffer; readonly signature: Buffer },
): boolean {
  const type = algorithm === "RS256" ? "rsa" : "ec";
  return (
    key.asymmetricKeyType === type && verify("sha256", data, { key, dsaEncoding: "ieee-p1363" }, signature)
  );
}

/** None for what has no AAGUID (U2F and UAF), and for models whose attestation is not by certificate, which proves nothing. */
function modelsOf(entry: unknown): AuthenticatorModel[] {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success) {
    return [];
  }
  const { aaguid, statusReports, metadataStatement: statement } = parsed.data;
  const roots = certificatesOf(statement.attestationRootCertificates);
  const name = statement.description.replace(/\p{C}/gu, "").trim().slice(0, MOST_NAME_CHARACTERS);
  if (
    !statement.attestationTypes.some((type) => BY_CERTIFICATE.includes(type)) ||
    roots.length === 0 ||
    name === ""
  ) {
    return [];
  }
  const refusedFor =
    REFUSED.find((status) => statusReports.some((report) => report.status === status)) ?? null;
  return [{ aaguid, name, roots: roots.map(({ raw }) => raw), refusedFor }];
}

const MOST_NAME_CHARACTERS = 120;

/** Of a batch of devices, or of one that its maker knows (FIDO registry of predefined values, section 3.6.3). */
const BY_CERTIFICATE = ["basic_full", "attca"];

/** Empty where one of them is no certificate. */
function certificatesOf(encoded: readonly string[]): X509Certificate[] {
  try {
    // Some makers have put line breaks into theirs.
    return encoded.map((one) => new X509Certificate(Buffer.from(one.replace(/\s/g, ""), "base64")));
  } catch {
    return [];
  }
}

function jsonOf(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}
