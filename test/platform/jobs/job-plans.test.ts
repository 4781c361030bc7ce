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

describe("a worker with a queue of 20,000 jobs that are not due", () => {
  let fresh: FreshDatabase;
  let client: Client;
  before(async () => {
    fresh = await freshDatabase();
    await asOwner(
      fresh,
      `with made as (select n, gen_random_uuid() as id from generate_series(1, 20000) n)
       insert into jobs (home, id, queue, data, due_at)
       select ((get_byte(uuid_send(id), 0) << 7) | (get_byte(uuid_send(id), 1) >> 1)), id,
         case when n % 2 = 0 then '${QUEUE}' else 'another' end, '{}', now() + interval '1 hour' from made`,
    );
    client = new Client({ connectionString: fresh.ownerUrl });
    await client.connect();
  });
  after(async () => {
    await client.end();
    await fresh.drop();
  });

  for (const [what, ask] of Object.entries(QUESTIONS)) {
    it(`${what} without reading the table`, async () => {
      const asked: [Statement, readonly unknown[]][] = [];
      const hearing = {
        query: (...[statement, values = []]: [Statement, (readonly unknown[])?]) => {
          asked.push([statement, values]);
          return Promise.resolve([]);
        },
      };
      await ask(new JobStore(hearing));
      for (const mode of ["force_custom_plan", "force_generic_plan"]) {
        await client.query(`set plan_cache_mode = ${mode}`);
        for (const [{ name, text }, values] of asked) {
          await client.query(`deallocate all; prepare ${name} as ${text}`);
          const given = values.map((value) => client.escapeLiteral(literal(value))).join(", ");
          const { rows } = await client.query<{ "QUERY PLAN": string }>(`explain execute ${name} (${given})`);
          const plan = rows.map((line) => line["QUERY PLAN"]).join("\n");
          expect(plan, mode)
            .to.match(/Index/)
            .and.not.match(/Seq Scan on jobs/);
        }
      }
    });
  }
});

const literal = (value: unknown): string =>
  Array.isArray(value) ? `{${value.map(String).join(",")}}` : String(value);
