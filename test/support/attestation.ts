import "reflect-metadata";
import { createHash, randomBytes, sign, webcrypto, KeyObject } from "node:crypto";
import {
  BasicConstraintsExtension,
  Extension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from "@peculiar/x509";

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const AAGUID_EXTENSION = "1.3.6.1.4.1.45724.1.1.4";
const YEAR = 365 * 24 * 60 * 60 * 1000;

/** A certificate with its key. */
export interface Issuer {
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

const newKeys = () => webcrypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);

interface Wanted {
  readonly subject: string;
  readonly by?: Issuer | null;
  readonly isCa?: boolean;
  readonly extensions?: readonly Extension[];
  readonly from?: Date;
  readonly to?: Date;
}

/** A certificate that `by` has signed; without, one that signs itself. */
export async function certify({
  subject,
  by,
  isCa = false,
  extensions = [],
  ...times
}: Wanted): Promise<Issuer> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomBytes(8).toString("hex").replace(/^./, "1"),
    subject,
    issuer: by?.certificate.subject ?? subject,
    notBefore: times.from ?? new Date(Date.now() - YEAR),
    notAfter: times.to ?? new Date(Date.now() + 5 * YEAR),
    signingAlgorithm: ECDSA,
    publicKey: keys.publicKey,
    signingKey: by?.keys.privateKey ?? keys.privateKey,
    extensions: [new BasicConstraintsExtension(isCa, undefined, true), ...extensions],
  });
  return { certificate, keys };
}

export const derOf = ({ certificate }: Issuer): Buffer => Buffer.from(certificate.rawData);
export const pemOf = ({ certificate }: Issuer): string => certificate.toString("pem");
export const keyOf = ({ keys }: Issuer): KeyObject => KeyObject.from(keys.privateKey);

/** A root, or a certificate between one and those of devices. */
export const newAuthority = (name: string, by: Issuer | null = null): Promise<Issuer> =>
  certify({ subject: `CN=${name}, O=Maker, C=NL`, by, isCa: true });

const bytesOfAaguid = (aaguid: string): Buffer => Buffer.from(aaguid.replaceAll("-", ""), "hex");

/** The model that a certificate says (id-fido-gen-ce-aaguid). */
export const modelExtension = (aaguid: string): Extension =>
  new Extension(AAGUID_EXTENSION, false, Buffer.concat([Buffer.from([0x04, 0x10]), bytesOfAaguid(aaguid)]));

/** The certificate of a batch of devices (WebAuthn section 8.2.1). `named`: the model that it says. */
export const newBatch = (
  by: Issuer,
  { named = null, ...times }: { named?: string | null; from?: Date; to?: Date } = {},
): Promise<Issuer> =>
  certify({
    subject: "CN=Batch 1, OU=Authenticator Attestation, O=Maker, C=NL",
    by,
    extensions: named === null ? [] : [modelExtension(named)],
    ...times,
  });

/** A statement in the form `packed` by a batch's key; `key`: by another, such as the passkey's own (self attestation). */
export const packed =
  (batch: Issuer | null, { between = [], key }: { between?: readonly Issuer[]; key?: KeyObject } = {}) =>
  (authData: Buffer, clientData: Buffer): ReadonlyMap<string, unknown> => {
    const signer = key ?? (batch === null ? null : keyOf(batch));
    if (signer === null) {
      throw new Error("A statement needs a key that signs it.");
    }
    const signed = Buffer.concat([authData, createHash("sha256").update(clientData).digest()]);
    return new Map<string, unknown>([
      ["alg", -7],
      ["sig", sign("sha256", signed, signer)],
      ...(batch === null ? [] : [["x5c", [batch, ...between].map(derOf)] as const]),
    ]);
  };

/** An entry of a model in a file of metadata. */
export const entryOf = (
  aaguid: string,
  {
    name,
    roots,
    statuses = ["FIDO_CERTIFIED_L1"],
    types = ["basic_full"],
  }: { name: string; roots: readonly Issuer[]; statuses?: readonly string[]; types?: readonly string[] },
) => ({
  aaguid,
  statusReports: statuses.map((status) => ({ status, effectiveDate: "2024-01-01" })),
  metadataStatement: {
    aaguid,
    description: name,
    attestationTypes: types,
    attestationRootCertificates: roots.map((root) => derOf(root).toString("base64")),
  },
});

/** Who signs files of metadata: a root, and a certificate for a host. */
export async function newMetadataSigner(
  host = "mds.fidoalliance.org",
): Promise<{ root: Issuer; leaf: Issuer }> {
  const root = await newAuthority("Metadata Root");
  const names = new SubjectAlternativeNameExtension([{ type: "dns", value: host }]);
  return { root, leaf: await certify({ subject: `CN=${host}`, by: root, extensions: [names] }) };
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A signed file of metadata. */
export function blobOf(
  { leaf }: { readonly leaf: Issuer },
  {
    no = 1,
    nextUpdate = "2099-01-01",
    entries = [] as readonly unknown[],
    alg = "ES256",
    chain = [leaf],
  } = {},
): string {
  const head = `${encoded({ alg, typ: "JWT", x5c: chain.map((one) => derOf(one).toString("base64")) })}.${encoded({ legalHeader: "", no, nextUpdate, entries })}`;
  const signature = sign("sha256", Buffer.from(head), { key: keyOf(leaf), dsaEncoding: "ieee-p1363" });
  return `${head}.${signature.toString("base64url")}`;
}
