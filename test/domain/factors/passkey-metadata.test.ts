import { expect } from "chai";
import { X509Certificate } from "node:crypto";
import {
  FIDO_HOST,
  fidoSigner,
  readMetadata,
  type MetadataSigner,
} from "../../../src/domain/factors/passkeys/metadata-blob.ts";
import {
  blobOf,
  derOf,
  entryOf,
  newAuthority,
  newMetadataSigner,
  type Issuer,
} from "../../support/attestation.ts";

const AAGUID = "fa2b99dc-9e39-4257-8f92-4a30d23c4118";
/** Its certificates are made by an authority for each computer (AttCA), and not for a batch. */
const HELLO = "08987058-cadc-4b81-b6e1-30de50dcbe96";
const OTHER = "2fc0579f-8113-47ea-b116-bb5a8db9202a";

describe("files of passkey metadata", () => {
  let signer: { root: Issuer; leaf: Issuer };
  let maker: Issuer;
  let trusted: MetadataSigner;

  before(async () => {
    signer = await newMetadataSigner();
    maker = await newAuthority("Maker Root");
    trusted = { roots: [new X509Certificate(derOf(signer.root))], host: FIDO_HOST };
  });

  const read = (text: string, by = trusted) => readMetadata(text, by, new Date());
  const modelsOf = (entries: readonly unknown[]) => read(blobOf(signer, { entries })).models;

  it("have a number, the day of the next one, and the models that prove themselves by certificates", () => {
    const entries = [
      entryOf(AAGUID, { name: "Key 5 NFC", roots: [maker] }),
      entryOf(HELLO, { name: "Windows Hello", roots: [maker], types: ["attca"] }),
      entryOf(OTHER, { name: "Key 5 self", roots: [maker], types: ["basic_surrogate"] }),
      entryOf(OTHER, { name: "Key 5 without roots", roots: [] }),
      { attestationCertificateKeyIdentifiers: ["ab"], statusReports: [], metadataStatement: {} },
    ];
    expect(read(blobOf(signer, { no: 7, nextUpdate: "2027-02-01", entries }))).to.deep.equal({
      number: 7,
      nextUpdate: "2027-02-01",
      models: [
        { aaguid: AAGUID, name: "Key 5 NFC", roots: [derOf(maker)], refusedFor: null },
        { aaguid: HELLO, name: "Windows Hello", roots: [derOf(maker)], refusedFor: null },
      ],
    });
  });

  it("T241 name the status for which a model is refused, also where a later one is better", () => {
    const statuses = [
      "REVOKED",
      "USER_VERIFICATION_BYPASS",
      "ATTESTATION_KEY_COMPROMISE",
      "USER_KEY_REMOTE_COMPROMISE",
      "USER_KEY_PHYSICAL_COMPROMISE",
    ];
    for (const status of statuses) {
      const entry = entryOf(AAGUID, { name: "Key", roots: [maker], statuses: [status, "UPDATE_AVAILABLE"] });
      expect(modelsOf([entry])[0]?.refusedFor).to.equal(status);
    }
  });

  it("T241 count only with the signature of a certificate for the FIDO Alliance under a pinned root", async () => {
    const entries = [entryOf(AAGUID, { name: "Key", roots: [maker] })];
    const stranger = await newMetadataSigner();
    expect(() => read(blobOf(stranger, { entries }))).to.throw(/do not lead to a root/);
    const host = await newMetadataSigner("attacker.example");
    const roots = [new X509Certificate(derOf(host.root))];
    expect(() => read(blobOf(host, { entries }), { roots, host: FIDO_HOST })).to.throw(
      /do not lead to a root/,
    );
    expect(read(blobOf(host, { entries }), { roots, host: null }).models).to.have.length(1);
    const [head, , signature] = blobOf(signer, { entries }).split(".");
    const [, body] = blobOf(signer, { no: 2, entries }).split(".");
    expect(() => read(`${String(head)}.${String(body)}.${String(signature)}`)).to.throw(
      /signature of this file is wrong/,
    );
    expect(() => read(blobOf(stranger, { entries, chain: [signer.leaf] }))).to.throw(
      /signature of this file is wrong/,
    );
    expect(() => read(blobOf(signer, { entries, alg: "RS256" }))).to.throw(/signature of this file is wrong/);
    expect(() => read(blobOf(signer, { entries, alg: "none" }))).to.throw(/is no file of passkey metadata/);
  });

  it("T241 are refused when the certificate has expired", () => {
    const later = new Date(Date.now() + 20 * 365 * 24 * 60 * 60 * 1000);
    expect(() => readMetadata(blobOf(signer), trusted, later)).to.throw(/do not lead to a root/);
  });

  it("are refused in a sentence when they are something else", () => {
    for (const text of ["", "text", "a.b.c", "a.b.c.d", `${Buffer.from("{}").toString("base64url")}.x.y`]) {
      expect(() => read(text)).to.throw(/is no file of passkey metadata/);
    }
    expect(() => read(blobOf(signer, { nextUpdate: "soon" }))).to.throw(/is no metadata of passkeys/);
  });

  it("are pinned to the roots of the FIDO Alliance's signature", async () => {
    const { roots, host } = await fidoSigner();
    expect(host).to.equal(FIDO_HOST);
    expect(roots).to.not.be.empty;
    expect(roots.every(({ subject }) => subject.includes("GlobalSign"))).to.equal(true);
    expect(() => readMetadata(blobOf(signer), { roots, host }, new Date())).to.throw(/do not lead to a root/);
  });
});
