import type { JobStore } from "./job-store.ts";

/** Where jobs are claimed and settled. */
export type JobSource = Pick<JobStore, "dueLanes" | "claim" | "renew" | "settle">;

/** A job that a worker has taken from a queue. */
export interface QueuedJob {
  readonly data: unknown;
  /** Tries before this one. */
  readonly retries: number;
  /** Whether this is the last try. */
  readonly isLast: boolean;
}

/** How long a process may have a job, and how often it is tried. */
export interface QueueRules {
  /** A claim that is older belongs to a process that has died, and another one takes the job. */
  readonly claimSeconds: number;
  /** How long a process that lives may renew its claim. */
  readonly longestSeconds: number;
  /** After as many failed tries the job is given up. */
  readonly tries: number;
  /** Seconds until the next try, after so many failed ones. */
  readonly retrySeconds: (tries: number) => number;
}

/** What is done with the jobs of a queue. */
export interface QueueWork {
  readonly queue: string;
  /** Jobs in flight at the same time. */
  readonly concurrency: number;
  readonly rules: QueueRules;
  /** Missing: the table of jobs. */
  readonly source?: JobSource;
  /** Throws when the job has to be retried. */
  run(job: QueuedJob): Promise<void>;
}
