import type { Database, Statement } from "../database/database.ts";
import { QUEUES } from "./message-jobs.ts";

/** Jobs and messages of a channel that have waited too long. */
export interface QueueHealth {
  /** Due jobs that no worker takes, and the seconds that the first of them has waited. */
  readonly untaken: number;
  readonly seconds: number;
  /** Old messages that failed at least once and wait for a retry. */
  readonly late: number;
}

const health: Statement = {
  name: "queue_health",
  text: `
    select count(*) filter (where j.due_at <= now() - make_interval(mins => $2))::integer as untaken,
      coalesce(extract(epoch from now() - min(j.due_at) filter (where j.due_at <= now())), 0)::float8 as seconds,
      count(*) filter (where j.due_at > now() - make_interval(mins => $2)
        and d.made_at <= now() - make_interval(mins => $3))::integer as late
    from jobs j left join message_directory d on d.home = j.home and d.id = (j.data ->> 'id')::uuid
    where j.queue = $1 and (j.claimed_at is null or j.due_at <= now())`,
};

/** The state of the queues, for operators. Contains nothing of the messages. */
export class QueueHealthStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** `untakenMinutes`, `lateMinutes`: thresholds for waiting too long. */
  async of(
    channel: keyof typeof QUEUES,
    { untakenMinutes, lateMinutes }: { untakenMinutes: number; lateMinutes: number },
  ): Promise<QueueHealth> {
    const values = [QUEUES[channel], untakenMinutes, lateMinutes];
    const [row] = await this.#database.query<QueueHealth>(health, values);
    return row ?? { untaken: 0, seconds: 0, late: 0 };
  }
}
