import { expect } from "chai";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { asOwner } from "../support/database.ts";
import { newInstallation, runProgram, type Installation } from "./installation.ts";

describe("keys on the command line", () => {
  let here: Installation;

  before(async () => {
    here = await newInstallation();
  });
  after(() => here.remove());

  it("are made into a secrets file that its owner alone can read, without any setting", async () => {
    const file = join(here.directory, "below", "secrets.json");
    const { code, out } = await runProgram({ NODE_ENV: "production" }, ["keys", "init", file]);
    expect(code).to.equal(0);
    expect(out).to.contain(`VESTIBULE_SECRETS_FILE=${file}`);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(out).to.not.contain((JSON.parse(readFileSync(file, "utf8")) as { pepper: string }).pepper);
  });

  it("never replace a secrets file", async () => {
    const file = join(here.directory, "kept.json");
    await runProgram({}, ["keys", "init", file]);
    const before = readFileSync(file, "utf8");
    const { code, error } = await runProgram({}, ["keys", "init", file]);
    expect(code).to.equal(1);
    expect(error).to.contain("secrets are never replaced");
    expect(readFileSync(file, "utf8")).to.equal(before);
  });

  it("rotate: the old ones stay published for a while, and the audit log holds it", async () => {
    expect((await here.run(["keys", "list"])).out).to.equal("No keys yet: the first start makes them.\n");
    await here.ask(["keys", "rotate"]);
    const keys = (await here.ask(["keys", "rotate"])) as unknown as {
      algorithm: string;
      state: string;
      expiresAt: unknown;
    }[];
    expect(keys.map(({ algorithm, state }) => `${algorithm} ${state}`)).to.have.members([
      "ES256 current",
      "RS256 current",
      "ES256 retired",
      "RS256 retired",
    ]);
    expect(keys.filter(({ expiresAt }) => expiresAt !== null)).to.have.length(2);
    const events = await asOwner(
      here.database,
      "select from audit_events where type = 'signing-key.rotated'",
    );
    expect(events).to.have.length(2);
  });
});
