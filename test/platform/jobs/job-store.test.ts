import { expect } from "chai";
import { ofAllHomes } from "../../support/homeless-statements.ts";
import { homeOf, idAt } from "../../../src/kernel/home.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { connectDatabase, type Database } from "../../../src/platform/database/database.ts";
import { LANES } from "../../../src/kernel/home.ts";
import { addJob, JobStore, type ClaimedJob } from "../../../src/platform/jobs/job-store.ts";
import { asOwner, freshDatabase, type FreshDatabase } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";

const QUEUE = "errands";

describe("the jobs of a queue", () => {
  let fresh: FreshDatabase;
  let one: Database;
  let other: Database;

  before(async () => {
    fresh = await freshDatabase();
    const options = { url: new Secret(fresh.url), size: 4, log: createLog("silent") };
    [one, other] = [connectDatabase(options), connectDatabase(options)];
  });
  after(async () => {
    await Promise.all([one.close(), other.close()]);
    await fresh.drop();
  });
  beforeEach(() => asOwner(fresh, "delete from jobs"));

  /** A job of an office at that home. */
  const add = async (home: number) => {
    const officeId = idAt(home);
    await addJob(one, { id: idAt(home), officeId }, { queue: QUEUE, seconds: 0 });
  };
  const rows = () =>
    asOwner<{ home: number; id: string; data: { id: string; officeId: string | null } }>(
      fresh,
      "select home, id, data from jobs order by home",
    );
  const claim = (database: Pick<Database, "query">, lane: number, limit = 100) =>
    new JobStore(database).claim(QUEUE, { lane, limit, seconds: 60 });
  const endClaims = () => asOwner(fresh, "update jobs set due_at = now() where claimed_at is not null");
  const isWaiting = async () => {
    const waiting =
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    return (await asOwner(fresh, waiting)).length > 0;
  };

  it("are at home with their office, or where they are about something that has none", async () => {
    await add(4711);
    const id = idAt(32_767);
    await addJob(one, { id, officeId: null }, { queue: QUEUE, seconds: 0 });
    const stored = await rows();
    expect(stored.map(({ home }) => home)).to.deep.equal([4711, 32_767]);
    expect(stored.map(({ id: own }) => homeOf(own))).to.deep.equal([4711, 32_767]);
    expect(stored[1]?.data).to.deep.equal({ id, officeId: null });
  });

  it("cannot be stored at a home that is not that of their id", async () => {
    const text = `insert into jobs (home, id, queue, data) values (1, '${idAt(2)}', '${QUEUE}', '{}')`;
    const fault: unknown = await asOwner(fresh, text).catch((error: unknown) => error);
    expect(String(fault)).to.contain("jobs_home");
  });

  it("are each taken once, though two workers with four connections each want the same lane", async () => {
    for (let count = 0; count < 200; count += 1) {
      await add(LANES * count + 3);
    }
    const takeAll = async (database: Database): Promise<ClaimedJob[]> => {
      const taken: ClaimedJob[] = [];
      for (let jobs = await claim(database, 3, 7); jobs.length > 0; jobs = await claim(database, 3, 7)) {
        taken.push(...jobs);
      }
      return taken;
    };
    const workers = [one, other].flatMap((database) => [1, 2, 3, 4].map(() => takeAll(database)));
    const taken = (await Promise.all(workers)).flat();
    expect(new Set(taken.map(({ id }) => id)).size).to.equal(200);
    expect(taken, "none twice").to.have.length(200);
    expect(new Set(taken.map(({ attempts }) => attempts))).to.deep.equal(new Set([1]));
  });

  it("belong to the worker that was first; one that comes meanwhile waits and gets the next", async () => {
    for (const home of [3, 11, 19]) {
      await add(home);
    }
    const { first, waits } = await one.transaction(async (tx) => {
      const jobs = await claim(tx, 3, 2);
      const later = claim(other, 3, 2);
      await eventually(isWaiting, Boolean);
      return { first: jobs, waits: { later } };
    });
    const homes = [...first, ...(await waits.later)].map(({ home }) => home);
    expect(homes.sort((a, b) => a - b)).to.deep.equal([3, 11, 19]);
  });

  it("are not taken by a worker that saw them before they changed", async () => {
    await add(3);
    const { waits } = await one.transaction(async (tx) => {
      // Not a claim, which the other one would wait for before it looks.
      await tx.query({
        name: "later",
        text: ofAllHomes("update jobs set due_at = now() + interval '1 hour'"),
      });
      const later = claim(other, 3);
      await eventually(isWaiting, Boolean);
      return { waits: { later } };
    });
    expect(await waits.later).to.deep.equal([]);
  });

  it("of one lane are not touched, and not waited for, by a worker of another", async () => {
    for (let home = 0; home < 3 * LANES; home += 1) {
      await add(home);
    }
    const seen = await one.transaction(async (tx) => {
      const held = await claim(tx, 0);
      const others = [];
      for (let lane = 1; lane < LANES; lane += 1) {
        const jobs = await claim(other, lane);
        expect(new Set(jobs.map(({ home }) => home % LANES))).to.deep.equal(new Set([lane]));
        others.push(...jobs);
      }
      return [...held, ...others];
    });
    expect(seen).to.have.length(3 * LANES);
  });

  it("are found lane by lane, and only when they are due", async () => {
    await add(9);
    await add(17);
    await add(6);
    await addJob(one, { id: idAt(5), officeId: null }, { queue: QUEUE, seconds: 60 });
    await addJob(one, { id: idAt(4), officeId: null }, { queue: "another", seconds: 0 });
    const store = new JobStore(one);
    expect((await store.dueLanes(QUEUE)).sort()).to.deep.equal([1, 6]);
    expect(await claim(one, 5)).to.deep.equal([]);
  });

  it("pass to another worker when a claim has ended, and the first can change nothing any more", async () => {
    await add(3);
    const store = new JobStore(one);
    const [first = expect.fail()] = await claim(one, 3);
    expect(await claim(other, 3)).to.deep.equal([]);
    await endClaims();
    const [second = expect.fail()] = await claim(other, 3);
    expect(second).to.deep.equal({ ...first, attempts: 2 });
    await store.settle([{ job: first, retrySeconds: null }]);
    await store.settle([{ job: first, retrySeconds: 0 }]);
    await store.renew([first], { seconds: 0, longest: 900 });
    expect(await claim(one, 3), "still the second's").to.deep.equal([]);
    expect(await rows()).to.have.length(1);
    await store.settle([{ job: second, retrySeconds: null }]);
    expect(await rows()).to.deep.equal([]);
  });

  it("are kept by a worker that renews its claim, but not for ever", async () => {
    await add(3);
    const [job = expect.fail()] = await claim(one, 3);
    await endClaims();
    const store = new JobStore(one);
    await store.renew([job], { seconds: 60, longest: 900 });
    expect(await claim(other, 3)).to.deep.equal([]);
    await endClaims();
    await asOwner(fresh, "update jobs set claimed_at = now() - interval '901 seconds'");
    await store.renew([job], { seconds: 60, longest: 900 });
    expect(await claim(other, 3)).to.have.length(1);
  });

  it("end together in one statement, and wait again where they failed", async () => {
    for (const home of [3, 11, 19]) {
      await add(home);
    }
    const jobs = await claim(one, 3);
    const sent: string[] = [];
    const counting = {
      query: (...[statement, values]: Parameters<Database["query"]>) => {
        sent.push(statement.name);
        return one.query<never>(statement, values);
      },
    };
    const run = jobs.map((job) => ({ job, retrySeconds: job.home === 11 ? 0 : null }));
    await new JobStore(counting).settle(run);
    expect(sent).to.deep.equal(["job_remove", "job_retry"]);
    expect((await claim(one, 3)).map(({ home, attempts }) => [home, attempts])).to.deep.equal([[11, 2]]);
  });

  it("are given up after two weeks without a worker", async () => {
    await add(3);
    await add(4);
    await asOwner(fresh, "update jobs set due_at = now() - interval '15 days' where home = 4");
    await new JobStore(one).purge(10);
    expect((await rows()).map(({ home }) => home)).to.deep.equal([3]);
  });
});
