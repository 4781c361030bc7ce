import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect } from "chai";
import { runProgram } from "../../cli/installation.ts";
import { asOwner } from "../../support/database.ts";
import { startLoggedProcess, type LoggedProcess } from "../../support/logged-process.ts";
import { startOtherProcess } from "../../support/other-process.ts";
import { useServices } from "../../support/use-vestibule.ts";

/** A row as a process on another machine writes it. */
const ELSEWHERE = `insert into running_processes (id, kind, host, pid, version, data_keys, migration, clock_off_ms, seen_at)
  select 'elsewhere', 'worker', 'other-machine', 7, version, '{00000000}', migration, 0, now() - $1::interval
  from running_processes limit 1`;

describe("a step of changing the data key", function () {
  this.timeout(60_000);
  const vestibule = useServices();
  const { database } = vestibule;
  let server: LoggedProcess;
  const restart = async () => {
    await server.stop();
    server = await startLoggedProcess(vestibule, {});
  };
  const keys = (...words: string[]) => runProgram(vestibule.environment, ["keys", ...words]);
  const file = () => readFileSync(vestibule.settings.secretsFile, "utf8");

  before(async () => {
    server = await startLoggedProcess(vestibule, {});
  });
  after(() => server.stop());

  const expectRefused = async (...words: string[]) => {
    const before = file();
    const { code, out, error } = await keys(...words);
    expect([code, out], words.join(" ")).to.deep.equal([1, ""]);
    expect(error)
      .to.contain(`server ${String(server.pid)} on ${hostname()}`)
      .and.contain("restart it");
    for (const key of (JSON.parse(before) as { dataKeys: string[] }).dataKeys) {
      expect(error).to.not.contain(key);
    }
    expect(file()).to.equal(before);
  };
  const expectDone = async (...words: string[]) => {
    const { code, error } = await keys(...words);
    expect([code, error], words.join(" ")).to.deep.equal([0, ""]);
  };

  it("is refused while a server has not seen the one before, and done after its restart", async () => {
    await expectDone("new-data-key");
    await expectRefused("re-encrypt");
    await expectRefused("new-data-key");
    await expectRefused("drop-old-data-keys");
    await restart();
    await expectDone("re-encrypt");
    await expectDone("drop-old-data-keys");
    await expectRefused("new-data-key");
    await restart();
    await expectDone("re-encrypt");
  });

  it("counts the servers and workers of other machines, until they were silent for a minute", async () => {
    await asOwner(database, ELSEWHERE, ["50 seconds"]);
    const { error } = await keys("new-data-key");
    expect(error).to.contain(": worker 7 on other-machine. Give each");
    await asOwner(
      database,
      "update running_processes set seen_at = now() - interval '61 seconds' where pid = 7",
    );
    await expectDone("re-encrypt");
  });

  it("does not wait for a server that has stopped, and reveals no key in the database", async () => {
    const other = await startOtherProcess(vestibule);
    const rows = () =>
      asOwner<{ data_keys: string[] }>(database, "select data_keys from running_processes where pid <> 7");
    expect(await rows()).to.have.length(2);
    expect((await rows()).flatMap((row) => row.data_keys).join()).to.match(/^[0-9a-f]{8},[0-9a-f]{8}$/);
    await other.stop();
    expect(await rows()).to.have.length(1);
  });
});
