import { addJob } from "../jobs/job-store.ts";
import type { QueueRules } from "../jobs/queue-work.ts";
import type { Queryable } from "../database/database.ts";
import type { Channel } from "./message.ts";

/** The content of a job: only where to find the message. */
export interface MessageRef {
  readonly id: string;
  readonly officeId: string | null;
}

/** Each channel has its own queue, so that a code never waits behind mails. Background tasks have a third. */
export const QUEUES = { sms: "text-messages", mail: "messages", task: "tasks" } as const;
type QueueName = (typeof QUEUES)[keyof typeof QUEUES];

/** An older claim is stale: its process has died, and another one may claim the message. A running process renews its claims. */
export const CLAIM_SECONDS = 60;

/** A job fails when the database does, and then it is tried for as long as it takes: messages have an end of their own. */
const LASTING = { claimSeconds: CLAIM_SECONDS, tries: Infinity, retrySeconds: () => 5 } as const;

/** Text message providers respond within seconds; a mail server may take ten minutes after the final dot. */
export const QUEUE_RULES: Readonly<Record<QueueName, QueueRules>> = {
  [QUEUES.sms]: { ...LASTING, longestSeconds: CLAIM_SECONDS },
  [QUEUES.mail]: { ...LASTING, longestSeconds: 15 * 60 },
  [QUEUES.task]: { ...LASTING, longestSeconds: CLAIM_SECONDS },
};

export interface MessageJobs {
  /** Schedules a delivery after `seconds`, in the queue of the channel. */
  add(tx: Queryable, ref: MessageRef, options: { seconds: number; channel: Channel }): Promise<void>;
}

export const messageJobs: MessageJobs = {
  add: (tx, { id, officeId }, { seconds, channel }) =>
    addJob(tx, { id, officeId }, { queue: QUEUES[channel], seconds }),
};
