import type { Queryable, Statement } from "../database/database.ts";

/** What a job holds: where to look, and nothing of what is told. */
export interface MessageRef {
  readonly id: string;
  readonly officeId: string | null;
}

export const QUEUE = "messages";

/** A job that is in hand for so long belongs to a process that died; somebody else may have it. */
export const JOB_SECONDS = 60;

const statements = {
  // pg-boss reads what it needs from the row; made here, it is part of the transaction of what the message tells.
  add: {
    name: "message_job_add",
    text: `insert into jobs.job (name, data, priority, policy, start_after, expire_seconds, retry_limit, retry_delay,
             deletion_seconds)
           values ('${QUEUE}', $1::jsonb, $2, 'standard', now() + make_interval(secs => $3), ${String(JOB_SECONDS)},
             100000, 5, 600)`,
  },
} as const satisfies Record<string, Statement>;

export interface MessageJobs {
  /** Asks for a delivery after `seconds`. Text messages go before mails: somebody looks at their telephone. */
  add(tx: Queryable, ref: MessageRef, options: { seconds: number; isUrgent: boolean }): Promise<void>;
}

export const messageJobs: MessageJobs = {
  add: (tx, { id, officeId }, { seconds, isUrgent }) =>
    addJob(tx, { id, officeId }, { priority: isUrgent ? 10 : 0, seconds }),
};

/** Puts a job into the queue, in the caller's transaction. */
export async function addJob(
  tx: Queryable,
  data: object,
  { priority, seconds }: { priority: number; seconds: number },
): Promise<void> {
  await tx.query(statements.add, [JSON.stringify(data), priority, seconds]);
}
