import { expect } from "chai";
import { DEMO_PASSWORD } from "../../demo/demo-office.ts";
import { asOwner } from "../support/database.ts";
import { startDemo } from "../support/demo.ts";
import { makeUser } from "../support/people.ts";
import { type TestVestibule } from "../support/vestibule.ts";
import { freePort } from "../support/free-port.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { runProcess, runProgram, type Environment } from "./installation.ts";
import { startServer } from "./server.ts";

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly says: string;
  readonly advice: string | null;
}

/** The same installation, in production. */
const inProduction = async (vestibule: TestVestibule): Promise<Environment> => ({
  ...vestibule.environment,
  NODE_ENV: "production",
  PORT: String(await freePort()),
  VESTIBULE_ISSUER: "https://id.test",
  VESTIBULE_DEMO: "no",
});

async function demoFinding(environment: Environment): Promise<Finding | null> {
  const { out } = await runProgram(environment, ["doctor", "--json"]);
  const { findings } = JSON.parse(out) as { findings: readonly Finding[] };
  return findings.find(({ check }) => check === "Demo") ?? null;
}

describe("T120 production in a database where the demo was", () => {
  let vestibule: TestVestibule;
  let environment: Environment;

  before(async () => {
    ({ vestibule } = await startDemo());
    environment = await inProduction(vestibule);
  });
  after(() => vestibule.stop());

  it("does not start while people of the demo are active, and names them, their applications and the way out", async () => {
    const { code, error } = await runProcess(environment, ["start"]);
    expect(code).to.equal(1);
    expect(error)
      .to.match(
        /^Production does not start beside what the demo has left [^\n]*"npx vestibule demo end"\.\n$/,
      )
      .and.contain("chris of DEMO")
      .and.contain("anna of PLAIN")
      .and.contain("dana of SUPPORT")
      .and.contain("Demo web application (app_")
      .and.contain("Demo mobile application (app_")
      .and.not.contain(DEMO_PASSWORD);
  });

  it("is warned of by the doctor, who does not mind the demo in development", async () => {
    const finding = await demoFinding(environment);
    expect(finding?.state).to.equal("fail");
    expect(finding?.says).to.contain("chris of DEMO");
    expect(finding?.advice).to.contain("npx vestibule demo end");
    expect(await demoFinding(vestibule.environment)).to.equal(null);
  });

  it("keeps the commands that mend it", async () => {
    const { code, error } = await runProgram(environment, ["user", "show", "chris", "--office", "DEMO"]);
    expect(code, error).to.equal(0);
  });

  it("does not end the demo's only member of support before there is another", async () => {
    const { code, error } = await runProgram(environment, ["demo", "end"]);
    expect(code).to.equal(1);
    expect(error).to.match(/^dana is the only one of support: type "npx vestibule support add"[^\n]*\n$/);
  });

  it("starts once the demo was ended, and not again when one of its people is let in", async function () {
    this.timeout(30_000);
    await runProgram(environment, [
      "support",
      "add",
      "sanne",
      "--name",
      "Sanne Bakker",
      "--mail",
      "sanne@id.test",
    ]);
    const ended = await runProgram(environment, ["demo", "end"]);
    expect(ended.code, ended.error).to.equal(0);
    expect(await demoFinding(environment)).to.equal(null);

    const server = await startServer(environment, [], "listens on");
    server.child.kill("SIGTERM");
    expect(await server.ended).to.equal(0);

    expect((await runProgram(environment, ["demo", "end"])).out).to.contain("nothing left");
    await runProgram(environment, ["user", "enable", "dana", "--office", "SUPPORT"]);
    expect((await runProcess(environment, ["start"])).error)
      .to.contain("dana of SUPPORT")
      .and.not.contain("chris");
  });

  it("has taken the secret from the demo's application, and lets it in without asking no more", async () => {
    const rows = await asOwner<{ name: string; first_party: boolean; is_new: boolean }>(
      vestibule.database,
      "select name, first_party, changed_at > created_at as is_new from applications where name like 'Demo %' order by name",
    );
    expect(rows).to.deep.equal([
      { name: "Demo mobile application", first_party: false, is_new: true },
      { name: "Demo web application", first_party: false, is_new: true },
    ]);
  });
});

describe("production in a database with names as the demo has them", () => {
  const vestibule = useVestibule({ office: { code: "DEMO" } });

  before(async () => {
    await makeUser(vestibule.services, vestibule.office, { username: "anna" });
    await makeUser(vestibule.services, vestibule.office, { username: "chris" });
  });

  it("starts: an office's own code and people are not taken for the demo's", async () => {
    const server = await startServer(await inProduction(vestibule), [], "listens on");
    server.child.kill("SIGTERM");
    expect(await server.ended).to.equal(0);
  });
});
