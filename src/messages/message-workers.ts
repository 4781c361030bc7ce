import { PgBoss } from "pg-boss";
import { z } from "zod";
import type { Log } from "../kernel/log.ts";
import { codeOf } from "../kernel/errors.ts";
import type { Delivery } from "./delivery.ts";
import { QUEUE } from "./message-jobs.ts";

interface Parts {
  readonly connection: { executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> };
  readonly delivery: Delivery;
  /** Messages in hand at the same time. */
  readonly concurrency: number;
  readonly log: Log;
}

const refSchema = z.object({ id: z.uuid(), officeId: z.uuid().nullable() });

/** How often an idle worker looks: somebody who waits for a code waits for half of this. */
const LOOK_SECONDS = 0.5;

/** How soon a job of a process that died is seen after its time. */
const SUPERVISE_SECONDS = 10;

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
      (jobs: readonly { id: string; data: unknown }[]) => Promise.all(jobs.map((job) => this.#deliver(job))),
    );
  }

  /** Finishes what is in hand and takes nothing new. */
  async stop(): Promise<void> {
    await this.#boss.stop({ graceful: true, timeout: 30_000, close: false });
  }

  async #deliver({ id, data }: { id: string; data: unknown }) {
    try {
      await this.#parts.delivery.deliver(refSchema.parse(data));
      return { id, status: "completed" as const };
    } catch (error) {
      this.#parts.log.warn(
        { error, code: codeOf(error) },
        "a message could not be looked at and will be tried again",
      );
      return { id, status: "failed" as const };
    }
  }
}
