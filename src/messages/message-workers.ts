import { setTimeout as wait } from "node:timers/promises";
import { PgBoss } from "pg-boss";
import { z } from "zod";
import type { Log } from "../kernel/log.ts";
import { codeOf } from "../kernel/errors.ts";
import type { Delivery } from "./delivery.ts";
import { QUEUE } from "./message-jobs.ts";
import { taskSchema, type TaskRunner } from "./task-jobs.ts";
import type { QueueWork } from "./queue-work.ts";

interface Parts {
  readonly connection: { executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> };
  readonly delivery: Delivery;
  readonly tasks: TaskRunner;
  /** Messages in hand at the same time. */
  readonly concurrency: number;
  /** Whether this process has people to serve; a full queue then waits a little between its batches. */
  readonly isBusy: () => boolean;
  /** What else is done by jobs. */
  readonly others: readonly QueueWork[];
  readonly log: Log;
}

const refSchema = z.object({ id: z.uuid(), officeId: z.uuid().nullable() });

/** How often an idle worker looks: somebody who waits for a code waits for half of this. */
const LOOK_SECONDS = 0.5;

/** How soon a job of a process that died is seen after its time. */
const SUPERVISE_SECONDS = 10;

/** How long what is in hand may take when this process stops; then it is left to another, after its job's time. */
const STOP_MS = 4_000;

/** Takes jobs from the queue and delivers their messages, until it is stopped. */
export class MessageWorkers {
  readonly #parts: Parts;
  readonly #boss: PgBoss;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#boss = new PgBoss({
      db: parts.connection,
      schema: "jobs",
      // The schema is the owner's; this role could not change it.
      migrate: false,
      createSchema: false,
      schedule: false,
      reindex: false,
      supervise: true,
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
      maintenanceIntervalSeconds: 300,
    });
    this.#boss.on("error", (error) => {
      parts.log.warn({ code: codeOf(error), error }, "the message queue cannot work at the moment");
    });
  }

  async start(): Promise<void> {
    const { concurrency } = this.#parts;
    await this.#boss.start();
    await this.#boss.work(
      QUEUE,
      {
        batchSize: concurrency,
        pollingIntervalSeconds: LOOK_SECONDS,
        burstWhenBatchFull: true,
        perJobResults: true,
      },
      async (jobs: readonly { id: string; data: unknown }[]) => {
        await this.#stepAside(jobs.length, concurrency);
        return Promise.all(jobs.map((job) => this.#deliver(job)));
      },
    );
    for (const other of this.#parts.others) {
      await this.#work(other);
    }
  }

  async #work({ queue, concurrency, run }: QueueWork): Promise<void> {
    await this.#boss.work(
      queue,
      {
        batchSize: concurrency,
        pollingIntervalSeconds: LOOK_SECONDS,
        burstWhenBatchFull: true,
        perJobResults: true,
        includeMetadata: true,
      },
      async (jobs: readonly { id: string; data: unknown; retryCount: number; retryLimit: number }[]) => {
        await this.#stepAside(jobs.length, concurrency);
        return Promise.all(
          jobs.map(async ({ id, data, retryCount, retryLimit }) => {
            const job = { data, retries: retryCount, isLast: retryCount >= retryLimit };
            const status = await run(job).then(
              () => "completed" as const,
              () => "failed" as const,
            );
            return { id, status };
          }),
        );
      },
    );
  }

  /** A queue that fills a batch is taken no faster than an idle one is looked at, while people are served. */
  async #stepAside(taken: number, full: number): Promise<void> {
    if (taken === full && this.#parts.isBusy()) {
      await wait(LOOK_SECONDS * 1000);
    }
  }

  /** Finishes what is in hand and takes nothing new. */
  async stop(): Promise<void> {
    await this.#boss.stop({ graceful: true, timeout: STOP_MS, close: false });
  }

  async #deliver({ id, data }: { id: string; data: unknown }) {
    try {
      await this.#handle(data);
      return { id, status: "completed" as const };
    } catch (error) {
      this.#parts.log.warn(
        { error, code: codeOf(error) },
        "a message could not be looked at and will be tried again",
      );
      return { id, status: "failed" as const };
    }
  }

  #handle(data: unknown): Promise<void> {
    const task = taskSchema.safeParse(data);
    return task.success
      ? this.#parts.tasks.run(task.data)
      : this.#parts.delivery.deliver(refSchema.parse(data));
  }
}
