/** A job that somebody took from a queue. */
export interface QueuedJob {
  readonly data: unknown;
  /** Tries before this one. */
  readonly retries: number;
  /** Whether it is not tried again. */
  readonly isLast: boolean;
}

/** Work of another folder that is done by jobs like the messages are. `run` throws when the job has to be tried again. */
export interface QueueWork {
  readonly queue: string;
  /** Jobs in hand at the same time. */
  readonly concurrency: number;
  run(job: QueuedJob): Promise<void>;
}

/** How a queue's jobs are taken: by so many at once, each taking a batch and looking again when all of it is done. */
export interface Lanes {
  readonly lanes: number;
  readonly batch: number;
}

/** `size` jobs in hand at the most, in `lanes` of equal batches. */
export const lanesOf = (size: number, lanes: number): Lanes => ({
  lanes: Math.min(lanes, size),
  batch: Math.max(1, Math.floor(size / lanes)),
});
