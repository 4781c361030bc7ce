import type { Queryable, Statement } from "../database/database.ts";
import type { Channel } from "./message.ts";

/** What a job holds: where to look, and nothing of what is told. */
export interface MessageRef {
  readonly id: string;
  readonly officeId: string | null;
}

/** A queue of its own for each channel, so that a code never waits behind mails, and for work that nobody waits for. */
export const QUEUES = { sms: "text-messages", mail: "messages", task: "tasks" } as const;
export type QueueName = (typeof QUEUES)[keyof typeof QUEUES];

/** A message whose claim is so old belongs to a process that died; somebody else may have it. A living one renews it. */
export const CLAIM_SECONDS = 60;

interface JobTimes {
  /** A job that is in hand for so long is taken from its process. */
  readonly expire: number;
  /** A job whose process has not said for so long that it lives is taken from it; null: it need not say so. */
  readonly heartbeat: number | null;
}

/** A provider of text messages answers in seconds; a mail server may take ten minutes after the final dot. */
const TIMES: Readonly<Record<QueueName, JobTimes>> = {
  [QUEUES.sms]: { expire: CLAIM_SECONDS, heartbeat: null },
  [QUEUES.mail]: { expire: 15 * 60, heartbeat: CLAIM_SECONDS },
  [QUEUES.task]: { expire: CLAIM_SECONDS, heartbeat: null },
};

const statements = {
  // pg-boss reads what it needs from the row; made here, it is part of the transaction of what the message tells.
  add: {
    name: "message_job_add",
    text: `insert into jobs.job (name, data, policy, start_after, expire_seconds, heartbeat_seconds, retry_limit,
             retry_delay, deletion_seconds)
           values ($1, $2::jsonb, 'standard', now() + make_interval(secs => $3), $4, $5, 100000, 5, 600)`,
  },
} as const satisfies Record<string, Statement>;

export interface MessageJobs {
  /** Asks for a delivery after `seconds`, by the queue of its channel. */
  add(tx: Queryable, ref: MessageRef, options: { seconds: number; channel: Channel }): Promise<void>;
}

export const messageJobs: MessageJobs = {
  add: (tx, { id, officeId }, { seconds, channel }) =>
    addJob(tx, { id, officeId }, { queue: QUEUES[channel], seconds }),
};

/** Puts a job into a queue, in the caller's transaction. */
export async function addJob(
  tx: Queryable,
  data: object,
  { queue, seconds }: { queue: QueueName; seconds: number },
): Promise<void> {
  const { expire, heartbeat } = TIMES[queue];
  await tx.query(statements.add, [queue, JSON.stringify(data), seconds, expire, heartbeat]);
}
