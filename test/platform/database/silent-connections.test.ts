import { expect } from "chai";
import net from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { connectDatabase, type Database } from "../../../src/platform/database/database.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { asOwner, freshDatabase } from "../../support/database.ts";
import { openGate } from "../../support/database-gate.ts";
import { eventually } from "../../support/eventually.ts";
import { useResource, useFresh } from "../../support/suite-resource.ts";

const log = createLog("silent");
const ONE = { name: "one", text: "select 1 as one" };

/** What PostgreSQL's limit and the allowance for its answer come to here. */
const STATEMENT_MS = 500;
const HEARTBEAT = { everyMs: 100, answerMs: 200 };

describe("connections that vanish without a word", function () {
  this.timeout(20_000);
  let database: Database;

  const fresh = useResource(
    () => freshDatabase(),
    (it) => it.drop(),
  );
  const gate = useFresh(() => openGate(fresh.url));
  beforeEach(() => {
    database = connectDatabase({
      url: new Secret(gate.url),
      size: 4,
      log,
      statementMs: STATEMENT_MS,
      heartbeat: HEARTBEAT,
    });
  });
  afterEach(async () => {
    await Promise.all([database.close(), gate.shut()]);
  });

  const ask = () => database.query(ONE);
  const fill = (connections: number) =>
    Promise.all(
      Array.from({ length: connections }, () =>
        database.query({ name: "nap", text: "select pg_sleep(0.05)" }),
      ),
    );
  const refused = (work: Promise<unknown>) =>
    work.then(
      () => "answered",
      () => "refused",
    );

  it("ends a question that is not answered a little after PostgreSQL's own limit", async () => {
    await ask();
    gate.forget();
    const began = performance.now();
    expect(await refused(ask())).to.equal("refused");
    expect(performance.now() - began).to.be.within(STATEMENT_MS, STATEMENT_MS + 4_000);
  });

  it("trusts no connection of before once one of them is found dead", async () => {
    await fill(4);
    gate.forget();
    expect(await refused(ask()), "the first finds out").to.equal("refused");
    expect(await Promise.all([1, 2, 3, 4].map(() => refused(ask())))).to.deep.equal([
      "answered",
      "answered",
      "answered",
      "answered",
    ]);
  });

  it("ends a transaction whose connection falls silent in the middle, and does not do it again", async () => {
    const before = await asOwner(fresh, "select count(*) from offices");
    let runs = 0;
    const work = database.transaction(async (tx) => {
      runs += 1;
      await tx.query(ONE);
      gate.forget();
      await tx.query(ONE);
    });
    expect(await refused(work)).to.equal("refused");
    expect(runs).to.equal(1);
    expect(await ask()).to.deep.equal([{ one: 1 }]);
    expect(await asOwner(fresh, "select count(*) from offices")).to.deep.equal(before);
  });

  it("hears notifications again after the connection that listens fell silent", async () => {
    const heard: string[] = [];
    const listening = await database.listen("vestibule_test", {
      notified: (payload) => heard.push(payload),
      connected: () => heard.push("connected"),
      disconnected: () => heard.push("disconnected"),
    });
    gate.forget();
    await eventually(
      () => Promise.resolve(heard),
      (all) => all.length === 3,
    );
    await asOwner(fresh, "select pg_notify('vestibule_test', 'afterwards')");
    await eventually(
      () => Promise.resolve(heard),
      (all) => all.includes("afterwards"),
    );
    expect(heard).to.deep.equal(["connected", "disconnected", "connected", "afterwards"]);
    expect(listening.confirmedAt()).to.be.a("number");
  });

  it("says up to when it has heard everything, and that it does not know while it is cut off", async () => {
    const listening = await database.listen("vestibule_test", {
      notified: () => undefined,
      connected: () => undefined,
      disconnected: () => undefined,
    });
    const first = listening.confirmedAt() ?? 0;
    await eventually(
      () => Promise.resolve(listening.confirmedAt() ?? 0),
      (at) => at > first,
    );
    gate.silence();
    await eventually(
      () => Promise.resolve(listening.confirmedAt()),
      (at) => at === null,
    );
  });

  it("closes within its limit whatever hangs: questions, connections that are made, the one that listens", async () => {
    await fill(2);
    await database.listen("vestibule_test", {
      notified: () => undefined,
      connected: () => undefined,
      disconnected: () => undefined,
    });
    gate.silence();
    const asked = Promise.all(Array.from({ length: 3 }, () => refused(ask())));
    await turn();
    const began = performance.now();
    await database.close();
    expect(performance.now() - began).to.be.below(4_000);
    expect(new Set(await asked)).to.deep.equal(new Set(["refused"]));
  });

  it("closes the connections of jobs within its limit as well", async () => {
    const jobs = connectDatabase({ url: new Secret(gate.url), size: 2, log, name: "vestibule jobs" });
    await jobs.query(ONE);
    gate.silence();
    const asked = refused(jobs.query(ONE));
    await turn();
    const began = performance.now();
    await jobs.close();
    expect(performance.now() - began).to.be.below(4_000);
    expect(await asked).to.equal("refused");
  });

  it("asks the network itself whether the other end is there", async () => {
    const asked: unknown[][] = [];
    const { setKeepAlive } = net.Socket.prototype;
    net.Socket.prototype.setKeepAlive = function (isOn?: unknown, delay?: unknown) {
      asked.push([isOn, delay]);
      return this;
    };
    try {
      await ask();
      const jobs = connectDatabase({ url: new Secret(gate.url), size: 2, log, name: "vestibule jobs" });
      await jobs.query(ONE);
      await jobs.close();
    } finally {
      net.Socket.prototype.setKeepAlive = setKeepAlive;
    }
    expect(asked).to.deep.equal([
      [true, 10_000],
      [true, 10_000],
    ]);
  });
});
