import type { Database, Statement } from "../database/database.ts";
import { QUEUES } from "./message-jobs.ts";

/** What of a channel has waited too long. */
export interface QueueHealth {
  /** Jobs that are due and that nobody takes, and how long the first of them waits, in seconds. */
  readonly untaken: number;
  readonly seconds: number;
  /** Messages that were tried and wait for another try, of those that were written long ago. */
  readonly late: number;
}

const health: Statement = {
  name: "queue_health",
  text: `
    select count(*) filter (where j.start_after <= now() - make_interval(mins => $2))::integer as untaken,
      coalesce(extract(epoch from now() - min(j.start_after) filter (where j.start_after <= now())), 0)::float8 as seconds,
      count(*) filter (where j.start_after > now() - make_interval(mins => $2)
        and d.made_at <= now() - make_interval(mins => $3))::integer as late
    from jobs.job j left join message_directory d on d.id::text = j.data ->> 'id'
    where j.name = $1 and j.state in ('created', 'retry')`,
};

/** How the queues stand, for whoever looks after them; says nothing of a message. */
export class QueueHealthStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** `untakenMinutes`, `lateMinutes`: from when on it is too long. */
  async of(
    channel: keyof typeof QUEUES,
    { untakenMinutes, lateMinutes }: { untakenMinutes: number; lateMinutes: number },
  ): Promise<QueueHealth> {
    const values = [QUEUES[channel], untakenMinutes, lateMinutes];
    const [row] = await this.#database.query<QueueHealth>(health, values);
    return row ?? { untaken: 0, seconds: 0, late: 0 };
  }
}
