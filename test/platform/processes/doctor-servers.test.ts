import { expect } from "chai";
import { checkServers } from "../../../src/cli/doctor-servers.ts";
import type { Finding } from "../../../src/cli/finding.ts";
import { runProgram } from "../../cli/installation.ts";
import { asOwner } from "../../support/database.ts";
import { useServices } from "../../support/use-vestibule.ts";

describe("the doctor and the servers that run", function () {
  this.timeout(30_000);
  const vestibule = useServices();
  before(async () => {
    const { store, dataKeys } = vestibule.services.processes;
    const facts = {
      id: "own",
      kind: "server",
      host: "web-1",
      pid: 4711,
      version: "0.1.0",
      number: 1,
      of: 1,
      primaryPid: null,
    } as const;
    await store.beat({ ...facts, dataKeys, migration: "" }, 0);
  });

  /** What it says when the one server's row is changed like this. */
  const findWith = async (change: string): Promise<Finding[]> => {
    await asOwner(vestibule.database, `update running_processes set ${change}`);
    return checkServers(vestibule.services);
  };
  const own = "server 4711 on web-1";

  it("lists each with its version and since when it runs", async () => {
    const { code, out } = await runProgram(vestibule.environment, ["doctor"]);
    expect(code, out).to.equal(0);
    expect(out).to.match(
      new RegExp(`^ok {4}Servers +${own}, version \\d+\\.\\d+\\.\\d+, since 2\\d{3}-`, "m"),
    );
  });

  it("finds one whose clock is wrong", async () => {
    const [finding] = await findWith("clock_off_ms = -86400000");
    expect(finding).to.include({
      state: "fail",
      says: `the clock of ${own} is 86400 s behind the database's clock`,
    });
  });

  it("finds one that runs with other data keys", async () => {
    const [finding] = await findWith("clock_off_ms = 0, data_keys = data_keys || '{00000000}'");
    expect(finding).to.include({
      state: "warn",
      says: `${own} runs with other data keys than the secrets file here`,
    });
  });

  it("finds one that is silent", async () => {
    const [finding] = await findWith(
      `data_keys = '{${vestibule.services.processes.dataKeys.join()}}', seen_at = now() - interval '40 seconds'`,
    );
    expect(finding).to.include({ state: "warn", says: `${own} was heard of 40 seconds ago` });
  });

  it("finds servers of different versions", async () => {
    await asOwner(
      vestibule.database,
      `insert into running_processes (id, kind, host, pid, version, data_keys, migration, clock_off_ms)
       select 'older', 'worker', 'other-machine', 7, '0.0.9', data_keys, migration, 0 from running_processes`,
    );
    const findings = await findWith("seen_at = now()");
    expect(findings.map(({ state }) => state)).to.deep.equal(["ok", "ok", "warn"]);
    expect(findings.at(-1)?.says).to.match(/^of different versions: 0\.0\.9, \d/);
  });

  it("warns when fewer processes of a server run than should, and says which run", async () => {
    const findings = await findWith("number = 2, processes = 4, primary_pid = 4700 where id = 'own'");
    expect(findings.map(({ says }) => says).join("\n"))
      .to.contain(`${own}, process 2 of 4, version`)
      .and.contain("1 of 4 processes of server 4700 on web-1 run");
  });

  it("says when none runs", async () => {
    const [finding] = await findWith("seen_at = now() - interval '2 minutes'");
    expect(finding).to.include({ state: "ok", says: "none runs at the moment" });
  });
});
