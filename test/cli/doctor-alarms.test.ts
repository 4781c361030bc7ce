import { join } from "node:path";
import { expect } from "chai";
import { useMailStandIn } from "../support/mail-stand-in.ts";
import { runProgram, type Environment, useInstallation } from "./installation.ts";

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly says: string;
  readonly advice: string | null;
}

describe("the doctor and alarms", () => {
  let production: Environment;
  const server = useMailStandIn();
  const here = useInstallation();
  before(() => {
    production = {
      ...here.environment,
      ...server.environment,
      NODE_ENV: "production",
      VESTIBULE_SECRETS_FILE: join(here.directory, "secrets.json"),
      VESTIBULE_ISSUER: "https://id.test",
      VESTIBULE_DEMO: "no",
    };
  });

  async function findingIn(environment: Environment): Promise<Finding | undefined> {
    const { out } = await runProgram(environment, ["doctor", "--json"]);
    const { findings } = JSON.parse(out) as { findings: readonly Finding[] };
    const settings = findings.find(({ check }) => check === "Settings");
    expect(settings?.state, settings?.says).to.equal("ok");
    return findings.find(({ check }) => check === "Alarms");
  }

  it("warns in production when alarms have no addresses, and names the setting", async () => {
    expect(await findingIn(production)).to.deep.equal({
      check: "Alarms",
      state: "warn",
      says: "are only in the log",
      advice: "Set VESTIBULE_ALARM_MAIL to the addresses of your staff.",
    });
  });

  it("is content with addresses, and says how many", async () => {
    const one = await findingIn({ ...production, VESTIBULE_ALARM_MAIL: "night@company.example" });
    expect(one?.state).to.equal("ok");
    expect(one?.says).to.equal("are mailed to 1 address, at most once an hour");
    const both = "night@company.example, day@company.example";
    expect((await findingIn({ ...production, VESTIBULE_ALARM_MAIL: both }))?.says).to.contain("2 addresses");
  });

  it("warns of nothing in development, where the log is on the screen", async () => {
    expect(await findingIn(here.environment)).to.equal(undefined);
  });
});
