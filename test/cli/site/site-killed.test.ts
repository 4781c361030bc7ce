import { expect } from "chai";
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import pg from "pg";
import { LOCKS } from "../../../src/platform/database/one-at-a-time.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { startProgram, useInstallation } from "../installation.ts";
import { Operator } from "./site.ts";

const office = (code: string, more: object = {}) => ({
  ...{ code, name: code, applications: [{ name: `Of ${code}`, type: "machine" }] },
  users: [{ username: "anna", name: "Anna Vos" }],
  ...more,
});
/** The second office has a webhook, whose table the test can lock in the middle of its transaction. */
const HOOKED = office("MIDDEN", { webhooks: [{ name: "Directory", url: "https://hooks.example/" }] });
const SITE = { offices: [office("EERST"), HOOKED, office("LAATST")] };

describe("vestibule apply, as processes", function () {
  this.timeout(120_000);
  const here = useInstallation();
  let operator: Operator;
  let file: string;
  let lock: pg.Client;
  const started: ChildProcess[] = [];

  before(async () => {
    operator = new Operator(here);
    file = operator.write(SITE);
    // Makes the tables.
    await operator.apply({ offices: [] });
    lock = new pg.Client({ connectionString: here.database.ownerUrl });
    await lock.connect();
  });
  after(async () => {
    started.forEach((child) => child.kill("SIGKILL"));
    await lock.end();
  });

  function start(): { child: ChildProcess; ended: Promise<unknown[]> } {
    const child = startProgram(here.environment, ["apply", "--file", file]);
    started.push(child);
    child.stdout?.resume();
    child.stderr?.resume();
    return { child, ended: once(child, "close") };
  }

  /** Until so many connections of this database wait for a lock of this kind. */
  const waits = (connections: number, kind: "advisory" | "relation") =>
    eventually(
      async () => {
        const found = await asOwner(
          here.database,
          `select 1 from pg_locks where not granted and locktype = '${kind}'
             and database = (select oid from pg_database where datname = current_database())`,
        );
        return found.length;
      },
      (count) => count === connections,
      { seconds: 30 },
    );

  const stateOf = async () => {
    const count = async (sql: string) => (await asOwner(here.database, sql)).length;
    return {
      offices: (
        await asOwner<{ code: string }>(
          here.database,
          "select code from offices where code in ('EERST', 'MIDDEN', 'LAATST') order by code",
        )
      ).map(({ code }) => code),
      applications: await count("select id from applications where name like 'Of %'"),
      users: await count("select id from users"),
      webhooks: await count("select id from webhooks"),
      added: await count("select 1 from audit_events where type = 'office.added'"),
    };
  };

  it("T230 leaves nothing half done when it is killed, and what waits for it does all the rest, once", async () => {
    await lock.query("begin; lock table webhooks in share mode");
    // Both are started before the first may begin: a statement waits for the table only as long as its time limit allows.
    await lock.query(`select pg_advisory_lock(${String(LOCKS.apply)})`);
    const first = start();
    await waits(1, "advisory");
    const second = start();
    await waits(2, "advisory");
    await lock.query(`select pg_advisory_unlock(${String(LOCKS.apply)})`);
    await waits(1, "relation");
    first.child.kill("SIGKILL");
    await first.ended;
    expect(await stateOf()).to.deep.equal({
      ...{ offices: ["EERST"], applications: 1, users: 1, webhooks: 0, added: 1 },
    });
    await lock.query("rollback");
    expect((await second.ended)[0]).to.equal(0);
    const whole = {
      offices: ["EERST", "LAATST", "MIDDEN"],
      applications: 3,
      users: 3,
      webhooks: 1,
      added: 3,
    };
    expect(await stateOf()).to.deep.equal(whole);
    expect((await operator.apply(SITE)).groups).to.deep.equal([]);
    expect(await stateOf()).to.deep.equal(whole);
  });
});
