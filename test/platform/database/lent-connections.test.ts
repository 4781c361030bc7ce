import { expect } from "chai";
import { connectDatabase, type Database } from "../../../src/platform/database/database.ts";
import { openPool, rollBackOnError, type ConnectionPool } from "../../../src/platform/database/pool.ts";
import { codeOf } from "../../../src/kernel/errors.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { asOwner, freshDatabase, type FreshDatabase } from "../../support/database.ts";
import { openGate, type DatabaseGate } from "../../support/database-gate.ts";

const PID = { name: "pid", text: "select pg_backend_pid() as pid" };
const ADD = { name: "add", text: "insert into lent values (1)" };

describe("a connection that comes back from its work", function () {
  this.timeout(20_000);
  let fresh: FreshDatabase;
  let gate: DatabaseGate;
  let database: Database;
  /** Whose users send what they like, also several statements in one text. */
  let pool: ConnectionPool;
  let afterCommit: () => void;

  before(async () => {
    fresh = await freshDatabase();
    await asOwner(fresh, "create table lent (id int); grant insert, select on lent to vestibule_app");
    gate = await openGate(fresh.url, (sent) => {
      if (sent.includes("commit")) {
        // The commit is on its way to PostgreSQL by then, and its answer is not yet on its way back.
        setImmediate(() => {
          afterCommit();
        });
      }
      return sent;
    });
  });
  after(async () => {
    await gate.shut();
    await fresh.drop();
  });
  beforeEach(() => {
    afterCommit = () => undefined;
    const options = { url: new Secret(gate.url), size: 1, log: createLog("silent") };
    database = connectDatabase({ ...options, statementMs: 500 });
    const session = { role: "vestibule_app", statementMs: 15_000, idleInTransactionMs: 30_000 } as const;
    pool = openPool({ ...options, name: "vestibule test", session });
  });
  afterEach(() => Promise.all([database.close(), pool.close()]));

  const pid = async () => (await database.query<{ pid: number }>(PID))[0]?.pid;
  const send = (text: string) =>
    pool.use((client) => rollBackOnError(client, () => client.query<Record<string, unknown>>(text)));
  const poolPid = async () => (await send(PID.text)).rows;
  const codeOfFault = (work: Promise<unknown>) =>
    work.then(
      () => "no fault",
      (error: unknown) => codeOf(error) ?? "no code",
    );

  it("is kept after a refused statement, alone or in a transaction", async () => {
    const before = await pid();
    const broken = { name: "broken", text: "select 1 / 0" };
    expect(await codeOfFault(database.query(broken))).to.equal("22012");
    expect(await codeOfFault(database.transaction((tx) => tx.query(broken)))).to.equal("22012");
    expect(await pid()).to.equal(before);
  });

  it("brings no open transaction to the request that gets it next", async () => {
    expect(await codeOfFault(send("begin; select 1 / 0; commit"))).to.equal("22012");
    expect(await codeOfFault(send("select 1"))).to.equal("no fault");
    await send("begin");
    const { rows } = await send("select pg_current_xact_id_if_assigned() is null, now() as began");
    expect(rows).to.have.length(1);
    expect(await codeOfFault(send("savepoint only_in_a_transaction"))).to.equal("25P01");
  });

  it("is dropped when it turns out to be read-only, so that the next is made anew", async () => {
    const before = await poolPid();
    await send("set session characteristics as transaction read only");
    expect(await codeOfFault(send("insert into lent values (1)"))).to.equal("25006");
    expect(await codeOfFault(send("insert into lent values (1)"))).to.equal("no fault");
    expect(await poolPid()).to.not.deep.equal(before);
  });

  it("is an error when the answer to its commit is lost, and the work is not done again", async () => {
    await asOwner(fresh, "truncate lent");
    let runs = 0;
    afterCommit = () => {
      gate.forget();
    };
    const work = database.transaction(async (tx) => {
      runs += 1;
      await tx.query(ADD);
    });
    expect(await codeOfFault(work)).to.equal("no code");
    expect(runs).to.equal(1);
    expect(await asOwner(fresh, "select count(*)::int as count from lent")).to.deep.equal([{ count: 1 }]);
  });

  it("is made anew after an administrator ended it while nobody had it", async () => {
    const before = await pid();
    await asOwner(fresh, "select pg_terminate_backend($1)", [before]);
    const after = await pid().catch(() => pid());
    expect(after).to.not.equal(before);
  });
});
