import { expect } from "chai";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { verifyAttestation } from "../../../src/domain/factors/passkeys/webauthn.ts";
import type { AuthenticatorModel } from "../../../src/domain/factors/passkeys/authenticator-model.ts";
import { derOf, newAuthority, newBatch, packed, type Issuer } from "../../support/attestation.ts";
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

  /** What becomes of a passkey that an office with a list is given: right, or why not. */
  async function verdict(
    otherwise: Otherwise,
    { aaguid = LISTED, listed = [LISTED], refusedFor = null as string | null, known = true } = {},
  ): Promise<string> {
    const challenge = randomBytes(32);
    const device = new SoftwareAuthenticator({ origin: PARTY.origin, aaguid });
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
    const device = new SoftwareAuthenticator({ origin: PARTY.origin, aaguid: LISTED });
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
});
