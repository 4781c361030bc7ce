import { homeOf, idAt, LANES } from "../../kernel/home.ts";
import type { Queryable, Statement } from "../database/database.ts";

/**
 * Jobs: work that a transaction asks for and a worker does after its commit. This folder owns the table `jobs`, who may take a job and
 * for how long; it does not know what a job is about. A queue is a name. Go on at `queue-worker.ts`, which does the work of one.
 */

/** The content of a job: ids only, because jobs are not encrypted. Without an office, `id` says where it is stored. */
export interface JobData {
  readonly id: string;
  readonly officeId: string | null;
}

/** A job that this process may run until its claim ends. */
export interface ClaimedJob {
  readonly home: number;
  readonly id: string;
  readonly data: unknown;
  /** Claims, including this one. They tell this claim from that of another process. */
  readonly attempts: number;
}

/** A job that has run: to be removed, or, with `retrySeconds`, to be tried again. */
export interface RunJob {
  readonly job: ClaimedJob;
  readonly retrySeconds: number | null;
}

/** How long a job may wait before it is given up: no worker has run for so long. */
const KEPT_DAYS = 14;

/** The jobs of the claims in $1 to $3 that have not passed to another process. */
const OWN = `unnest($1::smallint[], $2::uuid[], $3::integer[]) as own (home, id, attempts)`;
const IS_OWN = "j.id = own.id and j.attempts = own.attempts";

const statements = {
  add: {
    name: "job_add",
    text: `insert into jobs (home, id, queue, data, due_at)
           values ($1, $2, $3, $4::jsonb, now() + make_interval(secs => $5))`,
  },
  // Of all homes, like the claim: workers belong to no office.
  dueLanes: {
    name: "job_due_lanes",
    text: `select distinct home % ${String(LANES)} as lane from jobs where queue = $1 and due_at <= now()`,
  },
  claim: {
    name: "job_claim",
    text: "select home, id, data, attempts from claim_jobs($1, $2, $3, $4)",
  },
  renew: {
    name: "job_renew",
    text: `update jobs j set due_at = now() + make_interval(secs => $4) from ${OWN}
           where j.home = own.home and ${IS_OWN} and j.claimed_at > now() - make_interval(secs => $5)`,
  },
  remove: {
    name: "job_remove",
    text: `delete from jobs j using ${OWN} where j.home = own.home and ${IS_OWN}`,
  },
  retry: {
    name: "job_retry",
    text: `update jobs j set due_at = now() + make_interval(secs => own.seconds), claimed_at = null
           from unnest($1::smallint[], $2::uuid[], $3::integer[], $4::float8[]) as own (home, id, attempts, seconds)
           where j.home = own.home and ${IS_OWN}`,
  },
  purge: {
    name: "job_purge",
    text: `delete from jobs where (home, id) in (
             select home, id from jobs where due_at < now() - make_interval(days => $1) limit $2)`,
  },
} as const satisfies Record<string, Statement>;

/** Adds a job to a queue, in the caller's transaction and at the home of its office. It is due after `seconds`. */
export async function addJob(
  tx: Queryable,
  data: JobData,
  { queue, seconds }: { queue: string; seconds: number },
): Promise<void> {
  const home = homeOf(data.officeId ?? data.id);
  await tx.query(statements.add, [home, idAt(home), queue, JSON.stringify(data), seconds]);
}

/** Jobs, for workers. Every change of a claimed job names its claim, and does nothing after another process has taken it over. */
export class JobStore {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  /** The lanes of a queue that have due jobs. */
  async dueLanes(queue: string): Promise<number[]> {
    const rows = await this.#database.query<{ lane: number }>(statements.dueLanes, [queue]);
    return rows.map(({ lane }) => lane);
  }

  /** Claims at most `limit` due jobs of a lane for `seconds`, the oldest first. */
  claim(
    queue: string,
    { lane, limit, seconds }: { lane: number; limit: number; seconds: number },
  ): Promise<ClaimedJob[]> {
    return this.#database.query<ClaimedJob>(statements.claim, [queue, lane, limit, seconds]);
  }

  /** Claims running jobs for `seconds` from now, if their first claim is not older than `longest` seconds. */
  async renew(jobs: readonly ClaimedJob[], { seconds, longest }: { seconds: number; longest: number }) {
    await this.#database.query(statements.renew, [...claimsOf(jobs), seconds, longest]);
  }

  /** Removes finished jobs, and lets failed ones wait for their next try. */
  async settle(run: readonly RunJob[]): Promise<void> {
    const [again, over] = [run.filter(isAgain), run.filter((one) => !isAgain(one))];
    if (over.length > 0) {
      await this.#database.query(statements.remove, claimsOf(over.map(({ job }) => job)));
    }
    if (again.length > 0) {
      const seconds = again.map(({ retrySeconds }) => retrySeconds);
      await this.#database.query(statements.retry, [...claimsOf(again.map(({ job }) => job)), seconds]);
    }
  }

  /** Gives up at most `limit` jobs that no worker took for two weeks. */
  async purge(limit: number): Promise<void> {
    await this.#database.query(statements.purge, [KEPT_DAYS, limit]);
  }
}

const isAgain = ({ retrySeconds }: RunJob): boolean => retrySeconds !== null;

const claimsOf = (jobs: readonly ClaimedJob[]): [number[], string[], number[]] => [
  jobs.map(({ home }) => home),
  jobs.map(({ id }) => id),
  jobs.map(({ attempts }) => attempts),
];
