import { z } from "zod";
import { doneWithin } from "../../kernel/done-within.ts";
import type { Log } from "../../kernel/log.ts";
import type { JobStore } from "../jobs/job-store.ts";
import type { QueuedJob, QueueWork } from "../jobs/queue-work.ts";
import { QueueWorker } from "../jobs/queue-worker.ts";
import type { Delivery } from "./delivery.ts";
import type { Gateways } from "./gateway.ts";
import { QUEUE_RULES, QUEUES } from "./message-jobs.ts";
import { taskSchema, type TaskRunner } from "./task-jobs.ts";

interface Deps {
  readonly store: JobStore;
  readonly delivery: Delivery;
  readonly gateways: Gateways;
  readonly tasks: TaskRunner;
  /** Messages of one channel in flight at the same time. */
  readonly concurrency: number;
  /** Whether this process is serving many requests; a full queue then pauses between claims. */
  readonly isBusy: () => boolean;
  /** Other queues to work on. */
  readonly others: readonly QueueWork[];
  readonly log: Log;
}

const refSchema = z.object({ id: z.uuid(), officeId: z.uuid().nullable() });

/** How long jobs in flight may take when this process stops. After that, another process takes them when their claims end. */
const STOP_MS = 4_000;

/** Processes the jobs of all queues until it is stopped. No queue waits for another. */
export class MessageWorkers {
  readonly #deps: Deps;
  readonly #workers: readonly QueueWorker[];

  constructor(deps: Deps) {
    this.#deps = deps;
    const { concurrency, gateways, others } = deps;
    // One for each connection to the mail server: a message that waited inside the transport would be claimed too early.
    const mails = Math.min(concurrency, gateways.mail?.capacity ?? concurrency);
    const own = [
      { queue: QUEUES.sms, concurrency },
      { queue: QUEUES.mail, concurrency: mails },
      { queue: QUEUES.task, concurrency },
    ].map(({ queue, concurrency: most }) => ({
      ...{ queue, concurrency: most, rules: QUEUE_RULES[queue] },
      run: (job: QueuedJob) => this.#deliver(job),
    }));
    this.#workers = [...own, ...others].map((work) => new QueueWorker(deps, work));
  }

  /** Throws when the database does not answer. */
  async start(): Promise<void> {
    await this.#deps.store.dueLanes(QUEUES.sms);
    this.#workers.forEach((worker) => {
      worker.start();
    });
  }

  /** Takes no new jobs and finishes those in flight. Returns whether they finished in time. */
  stop(): Promise<boolean> {
    return doneWithin(STOP_MS, Promise.all(this.#workers.map((worker) => worker.stop())));
  }

  /** Throws when the job has to be retried. */
  async #deliver({ data }: QueuedJob): Promise<void> {
    try {
      await this.#handle(data);
    } catch (error) {
      this.#deps.log.warn({ error }, "a message could not be looked at and will be tried again");
      throw error;
    }
  }

  #handle(data: unknown): Promise<void> {
    const task = taskSchema.safeParse(data);
    return task.success
      ? this.#deps.tasks.run(task.data)
      : this.#deps.delivery.deliver(refSchema.parse(data));
  }
}
