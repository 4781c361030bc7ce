import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import {
  blobOf,
  entryOf,
  newAuthority,
  newMetadataSigner,
  pemOf,
  type Issuer,
} from "../support/attestation.ts";
import { useInstallation } from "./installation.ts";

const AAGUID = "fa2b99dc-9e39-4257-8f92-4a30d23c4118";
const OTHER = "2fc0579f-8113-47ea-b116-bb5a8db9202a";

describe("passkey metadata on the command line", () => {
  const here = useInstallation();
  let signer: { root: Issuer; leaf: Issuer };
  let maker: Issuer;

  before(async () => {
    signer = await newMetadataSigner();
    maker = await newAuthority("Maker Root");
    writeFileSync(join(here.directory, "root.pem"), pemOf(signer.root));
  });

  /** The words that take a file of these models. */
  function taking(no: number, aaguids: readonly string[], more: object = {}): string[] {
    const file = join(here.directory, `blob-${String(no)}`);
    const entries = aaguids.map((aaguid) =>
      entryOf(aaguid, { name: `Key ${aaguid.slice(0, 4)}`, roots: [maker] }),
    );
    writeFileSync(file, blobOf(signer, { no, entries, ...more }));
    return ["passkey-metadata", "update", "--file", file, "--root", join(here.directory, "root.pem")];
  }

  it("are none at first, and then those of the file, with an event", async () => {
    expect((await here.run(["passkey-metadata", "show"])).out).to.contain("No metadata yet");
    expect(await here.ask(taking(5, [AAGUID, OTHER]))).to.include({ number: 5, models: 2, isUpdated: true });
    const { models } = await here.ask(["passkey-metadata", "show"]);
    expect(models).to.deep.equal([
      { aaguid: OTHER, name: "Key 2fc0" },
      { aaguid: AAGUID, name: "Key fa2b" },
    ]);
    const events = await asOwner<{ details: object }>(
      here.database,
      "select details from audit_events where type = 'passkey-metadata.updated'",
    );
    expect(events.map(({ details }) => details)).to.deep.equal([
      { number: 5, models: 2, nextUpdate: "2099-01-01" },
    ]);
  });

  it("T241 never go back to an older file, and take the place of what was there", async () => {
    const older = await here.run(taking(4, [AAGUID]));
    expect([older.code, older.error.includes("an older file is never taken")]).to.deep.equal([1, true]);
    expect(await here.ask(taking(5, [AAGUID]))).to.include({ isUpdated: false, models: 2 });
    expect(await here.ask(taking(6, [AAGUID]))).to.include({ number: 6, isUpdated: true, models: 1 });
  });

  it("T241 are refused without the right signature, and what was there stays", async () => {
    const [, , , file = ""] = taking(7, [OTHER]);
    const unsigned = await here.run(["passkey-metadata", "update", "--file", file]);
    expect([unsigned.code, unsigned.error.includes("do not lead to a root")]).to.deep.equal([1, true]);
    expect(await here.ask(["passkey-metadata", "show"])).to.deep.include({
      models: [{ aaguid: AAGUID, name: "Key fa2b" }],
    });
  });

  it("T241 are not fetched from an address inside the network", async () => {
    const { code, error } = await here.run(["passkey-metadata", "update", "--url", "http://10.1.2.3/"]);
    expect([code, error.includes("the address is not one that may be called")]).to.deep.equal([1, true]);
  });

  it("are asked for in one way", async () => {
    const both = await here.run(["passkey-metadata", "update", "--file", "a", "--url", "https://b.example"]);
    expect([both.code, both.error.includes("not both")]).to.deep.equal([1, true]);
    const none = await here.run(["passkey-metadata", "update", "--file", join(here.directory, "none")]);
    expect([none.code, none.error.includes("cannot be read")]).to.deep.equal([1, true]);
  });

  it("are a finding of the doctor when a newer file is due, and when an office needs them and there are none", async () => {
    const findings = async () =>
      (
        (await here.ask(["doctor"])) as { findings: { check: string; state: string; says: string }[] }
      ).findings.filter(({ check }) => check === "Passkey metadata");
    expect((await findings()).map(({ state }) => state)).to.deep.equal(["ok"]);
    await here.ask(taking(8, [AAGUID], { nextUpdate: "2020-01-01" }));
    expect((await findings()).map(({ state }) => state)).to.deep.equal(["warn"]);
    await asOwner(here.database, "delete from authenticator_metadata");
    expect(await findings()).to.deep.equal([]);
    await here.ask(["office", "add", "NOORD", "--name", "Noord"]);
    const listed = await here.ask([
      "office",
      "edit",
      "NOORD",
      "--passkey-models",
      `${AAGUID},${OTHER.toUpperCase()}`,
    ]);
    expect(listed["passkeyModels"]).to.deep.equal([OTHER, AAGUID]);
    await asOwner(here.database, "delete from authenticator_models");
    const shown = await here.run(["office", "show", "NOORD"]);
    expect(shown.out).to.contain(`${AAGUID} (not in the metadata); so no passkey can be set up`);
    expect((await findings()).map(({ state }) => state)).to.deep.equal(["warn"]);
    expect(
      (await here.ask(["office", "edit", "NOORD", "--passkey-models", "any"]))["passkeyModels"],
    ).to.equal(null);
    const wrong = await here.run(["office", "edit", "NOORD", "--passkey-models", "yubikey"]);
    expect([wrong.code, wrong.error.includes("must be AAGUIDs")]).to.deep.equal([1, true]);
  });
});
