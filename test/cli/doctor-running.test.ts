import { expect } from "chai";
import { runProgram, type Environment } from "./installation.ts";

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly says: string;
  readonly advice: string | null;
}

async function findingsOf(environment: Environment): Promise<readonly Finding[]> {
  const { out } = await runProgram({ VESTIBULE_DATA_DIR: "/nowhere/at/all", ...environment }, [
    "doctor",
    "--json",
  ]);
  return (JSON.parse(out) as { findings: readonly Finding[] }).findings;
}

describe("the doctor on how a server is run", () => {
  it("says that development must not be reached by other machines", async () => {
    const findings = await findingsOf({ VESTIBULE_HOST: "0.0.0.0" });
    const [settings] = findings.filter(({ check }) => check === "Settings");
    expect(settings?.state).to.equal("fail");
    expect(settings?.says).to.contain("VESTIBULE_HOST").and.contain("VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT");
  });

  it("warns as long as development is allowed to be reached", async () => {
    const findings = await findingsOf({
      VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT: "yes",
      VESTIBULE_HOST: "0.0.0.0",
    });
    const [exposure] = findings.filter(({ check }) => check === "Exposure");
    expect(exposure?.state).to.equal("warn");
    expect((await findingsOf({})).map(({ check }) => check)).to.not.contain("Exposure");
  });

  it("says which file of a setting is missing", async () => {
    const findings = await findingsOf({ DATABASE_URL_FILE: "/nowhere/database-url" });
    const [settings] = findings.filter(({ check }) => check === "Settings");
    expect(settings?.state).to.equal("fail");
    expect(settings?.says).to.contain("DATABASE_URL_FILE: /nowhere/database-url does not exist");
  });
});
