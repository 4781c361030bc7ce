import { expect } from "chai";
import { pino } from "pino";
import { idAt } from "../../../src/kernel/home.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { connectDatabase, type Database } from "../../../src/platform/database/database.ts";
import { LANES } from "../../../src/kernel/home.ts";
import { addJob, JobStore } from "../../../src/platform/jobs/job-store.ts";
import type { QueuedJob, QueueRules, QueueWork } from "../../../src/platform/jobs/queue-work.ts";
import { QueueWorker } from "../../../src/platform/jobs/queue-worker.ts";
import { asOwner, freshDatabase, type FreshDatabase } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";

const QUEUE = "errands";
const RULES: QueueRules = { claimSeconds: 60, longestSeconds: 60, tries: 3, retrySeconds: () => 0 };

describe("a worker of a queue", () => {
  let fresh: FreshDatabase;
  let database: Database;
  let workers: QueueWorker[];

  before(async () => {
    fresh = await freshDatabase();
    database = connectDatabase({ url: new Secret(fresh.url), size: 4, log: createLog("silent") });
  });
  after(async () => {
    await database.close();
    await fresh.drop();
  });
  beforeEach(() => {
    workers = [];
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await asOwner(fresh, "delete from jobs");
  });

  const add = async (home: number) => {
    const id = idAt(home);
    await addJob(database, { id, officeId: null }, { queue: QUEUE, seconds: 0 });
    return id;
  };
  const work = (run: QueueWork["run"], changes: Partial<QueueWork> = {}, isBusy = false) => {
    const deps = { store: new JobStore(database), isBusy: () => isBusy, log: createLog("silent") };
    const worker = new QueueWorker(deps, { queue: QUEUE, concurrency: 4, rules: RULES, run, ...changes });
    workers.push(worker);
    worker.start();
    return worker;
  };
  const idOf = ({ data }: QueuedJob) => (data as { readonly id: string }).id;
  const left = () => asOwner<{ attempts: number }>(fresh, "select attempts from jobs");
  const allDone = () => eventually(left, ({ length }) => length === 0);

  for (const [what, isBusy] of [
    ["alone", false],
    ["in a process that is busy", true],
  ] as const) {
    it(`serves all lanes ${what}, and runs each job once`, async () => {
      const added = new Set<string>();
      for (let home = 0; home < 2 * LANES; home += 1) {
        added.add(await add(home));
      }
      const run: string[] = [];
      work((job) => Promise.resolve(void run.push(idOf(job))), { concurrency: 16 }, isBusy);
      await allDone();
      expect(new Set(run)).to.deep.equal(added);
      expect(run).to.have.length(added.size);
    });
  }

  it("takes jobs of the other lanes in between, while one lane is full", async () => {
    for (let count = 0; count < 60; count += 1) {
      await add(LANES * count);
    }
    const code = await add(5);
    const run: string[] = [];
    work((job) => Promise.resolve(void run.push(idOf(job))));
    await allDone();
    expect(run.indexOf(code), "behind two claims of the full lane at most").to.be.below(9);
  });

  it("has no more jobs in flight than it may, and is not held up by a slow one", async () => {
    const slow = await add(0);
    for (let home = 1; home < 30; home += 1) {
      await add(home);
    }
    const { promise: release, resolve } = Promise.withResolvers<undefined>();
    let [inFlight, most] = [0, 0];
    work(async (job) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await (idOf(job) === slow ? release : Promise.resolve());
      inFlight -= 1;
    });
    await eventually(left, ({ length }) => length === 1);
    resolve(undefined);
    await allDone();
    expect(most).to.be.within(1, 4);
  });

  it("tries again what failed, says which try is the last, and then gives up", async () => {
    await add(1);
    const tries: Omit<QueuedJob, "data">[] = [];
    work(({ retries, isLast }) => {
      tries.push({ retries, isLast });
      return Promise.reject(new Error("no"));
    });
    await allDone();
    expect(tries).to.deep.equal([
      { retries: 0, isLast: false },
      { retries: 1, isLast: false },
      { retries: 2, isLast: true },
    ]);
  });

  it("waits for the next try as long as the queue says", async () => {
    await add(1);
    const rules = { ...RULES, retrySeconds: (tries: number) => tries * 1_000 };
    const worker = work(() => Promise.reject(new Error("no")), { rules });
    await eventually(left, ([job]) => job?.attempts === 1);
    await worker.stop();
    const waits =
      "select attempts from jobs where claimed_at is null and due_at between now() + interval '900 s' and now() + interval '1000 s'";
    expect(await asOwner(fresh, waits)).to.deep.equal([{ attempts: 1 }]);
  });

  it("does not try again what took the last of its processes with it", async () => {
    await add(1);
    await asOwner(fresh, "update jobs set attempts = 3");
    let runs = 0;
    work(() => Promise.resolve(void (runs += 1)));
    await allDone();
    expect(runs).to.equal(0);
  });

  it("takes over what another process had when it died, once its claim has ended", async () => {
    await add(1);
    const { promise: never } = Promise.withResolvers<undefined>();
    const { promise: taken, resolve: take } = Promise.withResolvers<undefined>();
    // Not in `workers`: nothing waits for a dead process.
    const dead = new QueueWorker(
      { store: new JobStore(database), isBusy: () => false, log: createLog("silent") },
      {
        ...{ queue: QUEUE, concurrency: 4, rules: RULES },
        run: () => {
          take(undefined);
          return never;
        },
      },
    );
    dead.start();
    await taken;
    void dead.stop();
    const run: number[] = [];
    work(({ retries }) => Promise.resolve(void run.push(retries)));
    await asOwner(fresh, "update jobs set due_at = due_at - interval '61 seconds'");
    await allDone();
    expect(run).to.deep.equal([1]);
  });

  it("takes nothing more when it stops, and waits for what is in flight", async () => {
    await add(1);
    const { promise: release, resolve } = Promise.withResolvers<undefined>();
    const { promise: taken, resolve: take } = Promise.withResolvers<undefined>();
    const worker = work(() => {
      take(undefined);
      return release;
    });
    await taken;
    let hasStopped = false;
    const stopped = worker.stop().then(() => {
      hasStopped = true;
    });
    await add(2);
    expect([hasStopped, (await left()).length]).to.deep.equal([false, 2]);
    resolve(undefined);
    await stopped;
    expect((await left()).map(({ attempts }) => attempts)).to.deep.equal([0]);
  });

  it("goes on after the database was away, and says so once", async () => {
    const lines: string[] = [];
    let isAway = true;
    const store = new JobStore({
      query: (...asked) => (isAway ? Promise.reject(new Error("away")) : database.query(...asked)),
    });
    const log = pino({ level: "warn" }, { write: (line) => lines.push(line) });
    const worker = new QueueWorker(
      { store, isBusy: () => false, log },
      { queue: QUEUE, concurrency: 4, rules: RULES, run: () => Promise.resolve() },
    );
    workers.push(worker);
    worker.start();
    await add(1);
    await eventually(
      () => Promise.resolve(lines.length),
      (count) => count > 0,
    );
    isAway = false;
    await allDone();
    expect(lines).to.have.length(1);
    expect(lines[0]).to.contain("the message queue cannot work at the moment");
  });
});
