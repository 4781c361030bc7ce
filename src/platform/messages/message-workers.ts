import { setTimeout as wait } from "node:timers/promises";
import { PgBoss } from "pg-boss";
import { z } from "zod";
import type { Log } from "../../kernel/log.ts";
import type { Delivery } from "./delivery.ts";
import type { Gateways } from "./gateway.ts";
import { QUEUES } from "./message-jobs.ts";
import { taskSchema, type TaskRunner } from "./task-jobs.ts";
import { lanesOf, type Lanes, type QueuedJob, type QueueWork } from "./queue-work.ts";
import { monotonicClock } from "./monotonic-clock.ts";

interface Deps {
  readonly connection: { executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> };
  readonly delivery: Delivery;
  readonly gateways: Gateways;
  readonly tasks: TaskRunner;
  /** Messages of one channel in flight at the same time. */
  readonly concurrency: number;
  /** Whether this process is serving many requests; a full queue then pauses between batches. */
  readonly isBusy: () => boolean;
  /** Other queues to work on. */
  readonly others: readonly QueueWork[];
  readonly log: Log;
}

const refSchema = z.object({ id: z.uuid(), officeId: z.uuid().nullable() });

/** How often an idle worker polls. A user who waits for a code waits for half of this on average. */
const POLL_SECONDS = 0.5;

/** How often jobs of dead processes are looked for. */
const SUPERVISE_SECONDS = 10;

/** How long jobs in flight may take when this process stops. After that, another process takes them when they expire. */
const STOP_MS = 4_000;

/** Two lanes for gateways without a limit, so that a slow response delays at most half of the messages. */
const LANES = 2;

/** Processes the jobs of all queues until it is stopped. No queue waits for another. */
export class MessageWorkers {
  readonly #deps: Deps;
  readonly #boss: PgBoss;
  #inFlight = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#boss = new PgBoss({
      db: deps.connection,
      schema: "jobs",
      clock: monotonicClock,
      // The schema belongs to the owner role; this role cannot change it.
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
      deps.log.warn({ error }, "the message queue cannot work at the moment");
    });
  }

  async start(): Promise<void> {
    const { concurrency, gateways, others } = this.#deps;
    await this.#boss.start();
    // One lane for each connection to the mail server: a message that waited inside the transport would be claimed too early.
    const capacity = gateways.mail?.capacity ?? null;
    const connections = Math.min(concurrency, capacity ?? concurrency);
    const mails = capacity === null ? lanesOf(concurrency, LANES) : lanesOf(connections, connections);
    const deliver = (job: QueuedJob) => this.#deliver(job);
    await this.#work({ queue: QUEUES.sms, ...lanesOf(concurrency, LANES), run: deliver });
    await this.#work({ queue: QUEUES.mail, ...mails, run: deliver });
    await this.#work({ queue: QUEUES.task, ...lanesOf(concurrency, 1), run: deliver });
    for (const { queue, concurrency: size, run } of others) {
      await this.#work({ queue, ...lanesOf(size, 1), run });
    }
  }

  async #work({ queue, lanes, batch, run }: Lanes & Pick<QueueWork, "queue" | "run">): Promise<void> {
    const throttle = this.#throttleFor(lanes * batch, batch);
    await this.#boss.work(
      queue,
      {
        localConcurrency: lanes,
        batchSize: batch,
        pollingIntervalSeconds: POLL_SECONDS,
        burstWhenBatchFull: true,
        perJobResults: true,
        includeMetadata: true,
      },
      async (jobs: readonly { id: string; data: unknown; retryCount: number; retryLimit: number }[]) => {
        await throttle(jobs.length);
        return Promise.all(
          jobs.map(async ({ id, data, retryCount, retryLimit }) => {
            const job = { data, retries: retryCount, isLast: retryCount >= retryLimit };
            this.#inFlight += 1;
            const status = await run(job).then(
              () => "completed" as const,
              () => "failed" as const,
            );
            this.#inFlight -= 1;
            return { id, status };
          }),
        );
      },
    );
  }

  /**
   * Keeps a full queue from slowing down sign-ins: while the process is busy, all lanes of a queue take at most one full load per
   * poll. The first batch never waits.
   */
  #throttleFor(load: number, batch: number): (taken: number) => Promise<void> {
    let lastFull = 0;
    return async (taken) => {
      const isAgain = performance.now() - lastFull < POLL_SECONDS * 1_000;
      lastFull = taken === batch ? performance.now() : 0;
      if (taken === batch && isAgain && this.#deps.isBusy()) {
        await wait((POLL_SECONDS * 1_000 * load) / this.#deps.concurrency);
      }
    };
  }

  /** Takes no new jobs and finishes those in flight. Returns whether they finished in time. */
  async stop(): Promise<boolean> {
    await this.#boss.stop({ graceful: true, timeout: STOP_MS, close: false });
    return this.#inFlight === 0;
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
