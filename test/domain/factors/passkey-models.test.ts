import { expect } from "chai";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { verifyAttestation } from "../../../src/domain/factors/passkeys/webauthn.ts";
import type { AuthenticatorModel } from "../../../src/domain/factors/passkeys/authenticator-model.ts";
import { derOf, newAuthority, newBatch, packed, type Issuer } from "../../support/attestation.ts";
import { certifiedByTpm, newAttestationKey } from "../../support/tpm-attestation.ts";
import { SoftwareAuthenticator, type Otherwise } from "../../support/software-authenticator.ts";

const PARTY = { id: "id.example", origin: "https://id.example", name: "Vestibule" };
const LISTED = "fa2b99dc-9e39-4257-8f92-4a30d23c4118";
const OTHER = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const YESTERDAY = new Date(Date.now() - 24 * 60 * 60 * 1000);

describe("passkeys of listed models", () => {
  let maker: Issuer;
  let batch: Issuer;

  before(async () => {
    maker = await newAuthority("Maker Root");
    batch = await newBatch(maker, { named: LISTED });
  });

  const newDevice = () => new SoftwareAuthenticator({ origin: PARTY.origin, aaguid: LISTED });

  /** What becomes of a passkey that an office with a list is given: right, or why not. */
  async function verdict(
    otherwise: Otherwise,
    { listed = [LISTED], refusedFor = null as string | null, known = true, device = newDevice() } = {},
  ): Promise<string> {
    const aaguid = LISTED;
    const challenge = randomBytes(32);
    const made = device.make(
      {
        challenge: challenge.toString("base64url"),
        rp: { id: PARTY.id },
        user: { id: "dQ", name: "u" },
        excludeCredentials: [],
      },
      otherwise,
    );
    const model: AuthenticatorModel = { aaguid, name: "Key", roots: [derOf(maker)], refusedFor };
    const find = () => Promise.resolve(known ? model : null);
    const result = await verifyAttestation(made, { party: PARTY, challenge, demand: { listed, find } });
    return result.type === "right" ? result.aaguid : result.fault;
  }

  it("takes one whose certificates lead to a root of its model", async () => {
    expect(await verdict({ attest: packed(batch) })).to.equal(LISTED);
  });

  it("takes one through a certificate in between, and one that the metadata name itself", async () => {
    const between = await newAuthority("Maker Sub", maker);
    const under = await newBatch(between, { named: LISTED });
    expect(await verdict({ attest: packed(under, { between: [between] }) })).to.equal(LISTED);
    maker = batch;
    expect(await verdict({ attest: packed(batch) })).to.equal(LISTED);
    maker = await newAuthority("Maker Root");
    batch = await newBatch(maker, { named: LISTED });
  });

  it("T240 refuses a model that is only claimed, without a certificate of its maker", async () => {
    expect(await verdict({})).to.equal("model-unproved");
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(await verdict({ attest: packed(null, { key: privateKey }) })).to.equal("model-unproved");
    const device = newDevice();
    expect(await verdict({ attest: packed(null, { key: device.privateKey }) })).to.equal("model-unproved");
  });

  it("T240 refuses certificates that lead elsewhere, have expired or name another model", async () => {
    const stranger = await newAuthority("Maker Root");
    expect(await verdict({ attest: packed(await newBatch(stranger)) })).to.equal("model-unproved");
    const named = await newBatch(maker, { named: OTHER });
    expect(await verdict({ attest: packed(named) })).to.equal("model-unproved");
    const expired = await newBatch(maker, { to: YESTERDAY });
    expect(await verdict({ attest: packed(expired) })).to.equal("model-unproved");
    // A batch is no authority: what it has signed is not the maker's.
    const forged = await newBatch(batch, { named: LISTED });
    expect(await verdict({ attest: packed(forged, { between: [batch] }) })).to.equal("model-unproved");
  });

  it("T240 refuses a statement that another key has signed", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(await verdict({ attest: packed(batch, { key: privateKey }) })).to.equal("attestation");
  });

  it("T240 refuses other models, those that the metadata do not have, and those of a bad status", async () => {
    const attest = packed(batch);
    expect(await verdict({ attest }, { listed: [OTHER] })).to.equal("model");
    expect(await verdict({ attest }, { known: false })).to.equal("model");
    expect(await verdict({ attest }, { refusedFor: "REVOKED" })).to.equal("model");
  });

  it("T240 refuses malformed statements by a reason, never by an error", async () => {
    const statements: readonly ReadonlyMap<string, unknown>[] = [
      new Map(),
      new Map<string, unknown>([["x5c", []]]),
      new Map<string, unknown>([["x5c", "text"]]),
      new Map<string, unknown>([["x5c", [1, 2]]]),
      new Map<string, unknown>([["x5c", [Buffer.from("no certificate")]]]),
      new Map<string, unknown>([["x5c", [derOf(batch)]]]),
      new Map<string, unknown>([
        ["x5c", [derOf(batch)]],
        ["alg", "text"],
        ["sig", 7],
      ]),
      new Map<string, unknown>([["x5c", Array.from({ length: 9 }, () => derOf(batch))]]),
    ];
    for (const statement of statements) {
      expect(await verdict({ format: "packed", statement })).to.equal("model-unproved");
    }
    for (const format of ["fido-u2f", "tpm", "android-key", "android-safetynet", "apple", "x"]) {
      expect(await verdict({ format, statement: new Map() })).to.equal("model-unproved");
    }
  });

  describe("that a TPM certifies, as Windows Hello does", () => {
    /** What becomes of a passkey whose TPM says this of it. */
    const verdictOf = (
      attestationKey: Issuer,
      otherwise: Omit<Parameters<typeof certifiedByTpm>[1], "passkey"> = {},
    ) => {
      const device = newDevice();
      const attest = certifiedByTpm(attestationKey, { passkey: device.publicKey, ...otherwise });
      return verdict({ format: "tpm", attest }, { device });
    };

    it("are taken where its certificate leads to a root of the model", async () => {
      expect(await verdictOf(await newAttestationKey(maker))).to.equal(LISTED);
      expect(await verdictOf(await newAttestationKey(maker, { named: LISTED }))).to.equal(LISTED);
    });

    it("T240 are refused with a certificate that leads elsewhere, or is for something else", async () => {
      const stranger = await newAuthority("Maker Root");
      expect(await verdictOf(await newAttestationKey(stranger))).to.equal("model-unproved");
      const forged = await newAttestationKey(batch);
      expect(await verdictOf(forged)).to.equal("model-unproved");
      expect(await verdictOf(batch), "a certificate of a security key").to.equal("model-unproved");
      const usage = "1.3.6.1.5.5.7.3.2";
      expect(await verdictOf(await newAttestationKey(maker, { usage }))).to.equal("model-unproved");
      expect(await verdictOf(await newAttestationKey(maker, { named: OTHER }))).to.equal("model-unproved");
    });

    it("T240 are refused where it certifies another key, or another key has signed", async () => {
      const attestationKey = await newAttestationKey(maker);
      const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      expect(await verdictOf(attestationKey, { certified: publicKey })).to.equal("model-unproved");
      const signer = await newAttestationKey(maker);
      expect(await verdictOf(attestationKey, { signer })).to.equal("attestation");
    });

    it("T240 are refused with the statement of another passkey", async () => {
      const [device, other] = [newDevice(), newDevice()];
      const attest = certifiedByTpm(await newAttestationKey(maker), { passkey: other.publicKey });
      expect(await verdict({ format: "tpm", attest }, { device })).to.equal("model-unproved");
    });
  });
});
