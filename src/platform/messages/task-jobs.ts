import { z } from "zod";
import type { Queryable } from "../database/database.ts";
import { addJob, QUEUES } from "./message-jobs.ts";

/** Work that the queue does beside messages, a turn at a time. */
export const taskSchema = z.object({
  task: z.enum(["import-invite", "import-forget"]),
  id: z.uuid(),
  officeId: z.uuid(),
  /** Counted up from 0, so that a job that comes twice finds its turn taken. */
  turn: z.number().int(),
});
export type Task = z.output<typeof taskSchema>;

export interface TaskJobs {
  /** Asks for a task in `seconds`, within the transaction that makes it necessary. */
  add(tx: Queryable, task: Task, seconds: number): Promise<void>;
}

/** Does a task; throws only when it has to be tried again. */
export interface TaskRunner {
  run(task: Task): Promise<void>;
}

export const taskJobs: TaskJobs = {
  add: (tx, task, seconds) => addJob(tx, task, { queue: QUEUES.task, seconds }),
};
