import type { Queryable, Statement } from "../database/database.ts";
import type { Channel } from "./message.ts";

/** The content of a job: only where to find the message, because jobs are not encrypted. */
export interface MessageRef {
  readonly id: string;
  readonly officeId: string | null;
}

/** Each channel has its own queue, so that a code never waits behind mails. Background tasks have a third. */
export const QUEUES = { sms: "text-messages", mail: "messages", task: "tasks" } as const;
export type QueueName = (typeof QUEUES)[keyof typeof QUEUES];

/** An older claim is stale: its process has died, and another one may claim the message. A running process renews its claims. */
export const CLAIM_SECONDS = 60;

interface JobTimes {
  /** Seconds after which an unfinished job is given to another process. */
  readonly expire: number;
  /** Seconds without a heartbeat after which a job is given to another process; null: no heartbeat. */
  readonly heartbeat: number | null;
}

/** Text message providers respond within seconds; a mail server may take ten minutes after the final dot. */
const TIMES: Readonly<Record<QueueName, JobTimes>> = {
  [QUEUES.sms]: { expire: CLAIM_SECONDS, heartbeat: null },
  [QUEUES.mail]: { expire: 15 * 60, heartbeat: CLAIM_SECONDS },
  [QUEUES.task]: { expire: CLAIM_SECONDS, heartbeat: null },
};

const statements = {
  // pg-boss takes all settings from the row. Inserting it here puts the job into the caller's transaction.
  add: {
    name: "message_job_add",
    text: `insert into jobs.job (name, data, policy, start_after, expire_seconds, heartbeat_seconds, retry_limit,
             retry_delay, deletion_seconds)
           values ($1, $2::jsonb, 'standard', now() + make_interval(secs => $3), $4, $5, 100000, 5, 600)`,
  },
} as const satisfies Record<string, Statement>;

export interface MessageJobs {
  /** Schedules a delivery after `seconds`, in the queue of the channel. */
  add(tx: Queryable, ref: MessageRef, options: { seconds: number; channel: Channel }): Promise<void>;
}

export const messageJobs: MessageJobs = {
  add: (tx, { id, officeId }, { seconds, channel }) =>
    addJob(tx, { id, officeId }, { queue: QUEUES[channel], seconds }),
};

/** Adds a job to a queue, in the caller's transaction. */
export async function addJob(
  tx: Queryable,
  data: object,
  { queue, seconds }: { queue: QueueName; seconds: number },
): Promise<void> {
  const { expire, heartbeat } = TIMES[queue];
  await tx.query(statements.add, [queue, JSON.stringify(data), seconds, expire, heartbeat]);
}
