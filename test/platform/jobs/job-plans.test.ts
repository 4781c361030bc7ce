import { expect } from "chai";
import { Client } from "pg";
import type { Statement } from "../../../src/platform/database/database.ts";
import { JobStore, type ClaimedJob } from "../../../src/platform/jobs/job-store.ts";
import { asOwner, freshDatabase, type FreshDatabase } from "../../support/database.ts";

const JOB: ClaimedJob = { home: 3, id: "00060000-0000-4000-8000-000000000000", data: {}, attempts: 1 };
const QUEUE = "errands";

/** What a worker asks. */
const QUESTIONS: Readonly<Record<string, (store: JobStore) => Promise<unknown>>> = {
  "looks for due lanes": (store) => store.dueLanes(QUEUE),
  "claims jobs": (store) => store.claim(QUEUE, { lane: 3, limit: 10, seconds: 60 }),
  "renews its claims": (store) => store.renew([JOB], { seconds: 60, longest: 900 }),
  "removes a finished job": (store) => store.settle([{ job: JOB, retrySeconds: null }]),
  "lets a failed job wait": (store) => store.settle([{ job: JOB, retrySeconds: 5 }]),
};

describe("a worker with a queue of 20,000 jobs", () => {
  let fresh: FreshDatabase;
  let client: Client;
  before(async () => {
    fresh = await freshDatabase();
    await asOwner(
      fresh,
      `with made as (select n, gen_random_uuid() as id from generate_series(1, 20000) n)
       insert into jobs (home, id, queue, data, due_at)
       select home_of(id), id,
         case when n % 2 = 0 then '${QUEUE}' else 'another' end, '{}', now() + (n - 10000) * interval '1 s' from made`,
    );
    await asOwner(fresh, "analyze jobs");
    client = new Client({ connectionString: fresh.ownerUrl });
    await client.connect();
  });
  after(async () => {
    await client.end();
    await fresh.drop();
  });

  for (const [what, ask] of Object.entries(QUESTIONS)) {
    it(`${what} without reading the table`, async () => {
      for (const mode of ["force_custom_plan", "force_generic_plan"]) {
        await client.query(`begin; set local plan_cache_mode = ${mode}`);
        const store = new JobStore({
          query: async <Row extends object>({ text }: Statement, values: readonly unknown[] = []) =>
            (await client.query<Row>(text, [...values])).rows,
        });
        await ask(store);
        const { rows } = await client.query(
          "select seq_scan::integer as whole, idx_scan > 0 as some from pg_stat_xact_user_tables where relname = 'jobs'",
        );
        await client.query("rollback");
        expect(rows, mode).to.deep.equal([{ whole: 0, some: true }]);
      }
    });
  }
});
