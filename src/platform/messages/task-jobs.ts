import { z } from "zod";
import type { Queryable } from "../database/database.ts";
import { addJob } from "../jobs/job-store.ts";
import { QUEUES } from "./message-jobs.ts";

/** Background work besides messages, in several turns. */
export const taskSchema = z.object({
  task: z.enum(["import-invite", "import-forget", "policy-notice"]),
  id: z.uuid(),
  officeId: z.uuid(),
  /** Of an import: counts up from 0, so that a duplicate job finds its turn already done. Of a policy: its moment, in seconds since 1970. */
  turn: z.number().int(),
});
export type Task = z.output<typeof taskSchema>;

export interface TaskJobs {
  /** Schedules a task in `seconds`, in the transaction that requires it. */
  add(tx: Queryable, task: Task, seconds: number): Promise<void>;
}

/** Runs a task; throws only when it has to be retried. */
export interface TaskRunner {
  run(task: Task): Promise<void>;
}

export const taskJobs: TaskJobs = {
  add: (tx, task, seconds) => addJob(tx, task, { queue: QUEUES.task, seconds }),
};
