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
