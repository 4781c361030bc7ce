import { expect } from "chai";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { asOwner } from "../support/database.ts";
import { runProgram, useInstallation } from "./installation.ts";

describe("keys on the command line", () => {
  const here = useInstallation();

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

  it("rotate: the next ones are published and not used yet, and the audit log holds it", async () => {
    expect((await here.run(["keys", "list"])).out).to.equal("No keys yet: the first start makes them.\n");
    expect(statesOf(await here.ask(["keys", "rotate"]))).to.deep.equal(["RS256 current"]);
    const strict = ["app", "add", "--type", "web", "--name", "Strict", "--redirect-uri", "https://a.test/"];
    await here.ask([...strict, "--id-token-algorithm", "ES256"]);
    const ALGORITHMS = ["RS256", "ES256"];
    const keys = await here.ask(["keys", "rotate", "--in-minutes", "10"]);
    expect(statesOf(keys)).to.have.members(
      ALGORITHMS.flatMap((algorithm) => [`${algorithm} next`, `${algorithm} current`]),
    );
    const ending = keysOf(keys).filter(({ expiresAt }) => expiresAt !== null);
    expect(ending.map(({ state }) => state)).to.deep.equal(ALGORITHMS.map(() => "current"));
    const events = await asOwner(
      here.database,
      "select from audit_events where type = 'signing-key.rotated'",
    );
    expect(events).to.have.length(2);
  });

  for (const minutes of ["0", "1.5", "-1", "soon", "100000"]) {
    it(`refuse to rotate in ${minutes} minutes`, async () => {
      const { code, error } = await here.run(["keys", "rotate", `--in-minutes=${minutes}`]);
      expect([code, error.includes("--in-minutes must be a whole number")]).to.deep.equal([1, true]);
    });
  }

  interface Key {
    readonly algorithm: string;
    readonly state: string;
    readonly expiresAt: unknown;
  }

  const keysOf = (answer: object) => Object.values(answer) as Key[];

  const statesOf = (answer: object) => keysOf(answer).map(({ algorithm, state }) => `${algorithm} ${state}`);
});
