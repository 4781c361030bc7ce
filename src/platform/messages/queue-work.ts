/** A job that a worker has taken from a queue. */
export interface QueuedJob {
  readonly data: unknown;
  /** Tries before this one. */
  readonly retries: number;
  /** Whether this is the last try. */
  readonly isLast: boolean;
}

/** Work of another folder that runs on this queue. `run` throws when the job has to be retried. */
export interface QueueWork {
  readonly queue: string;
  /** Jobs in flight at the same time. */
  readonly concurrency: number;
  run(job: QueuedJob): Promise<void>;
}

/** Workers of a queue. Each lane takes a batch, and polls again when the whole batch is done. */
export interface Lanes {
  readonly lanes: number;
  readonly batch: number;
}

/** At most `size` jobs in flight, in `lanes` with equal batches. */
export const lanesOf = (size: number, lanes: number): Lanes => ({
  lanes: Math.min(lanes, size),
  batch: Math.max(1, Math.floor(size / lanes)),
});
