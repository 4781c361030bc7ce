import type { Database, Statement } from "../database/database.ts";
import type { ProcessFacts, RunningProcess } from "./running-process.ts";

/** A process without a heartbeat for so long has crashed. */
const SILENT_AFTER_SECONDS = 60;

// All times are the database's, so that the row of a process with a wrong clock is correct too.
const statements = {
  beat: {
    name: "process_beat",
    text: `insert into running_processes (id, kind, host, pid, version, data_keys, migration, clock_off_ms,
             number, processes, primary_pid)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
           on conflict (id) do update set seen_at = now(), clock_off_ms = excluded.clock_off_ms`,
  },
  sweep: {
    name: "process_sweep",
    text: "delete from running_processes where seen_at < now() - interval '1 hour'",
  },
  remove: { name: "process_remove", text: "delete from running_processes where id = $1" },
  list: {
    name: "process_list",
    text: `select id, kind, host, pid, number, processes as "of", primary_pid as "primaryPid", version, started_at as "startedAt", data_keys as "dataKeys", migration,
             extract(epoch from now() - seen_at)::float8 as "silentSeconds", clock_off_ms as "clockOffMs"
           from running_processes where seen_at > now() - interval '${String(SILENT_AFTER_SECONDS)} seconds'
           order by started_at, id`,
  },
} as const satisfies Record<string, Statement>;

/** The servers and workers that use this database, on all machines. */
export class ProcessStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Records that a process runs. */
  async beat(facts: ProcessFacts, clockOffMs: number): Promise<void> {
    const { id, kind, host, pid, version, dataKeys, migration, number, of, primaryPid } = facts;
    await this.#database.query(statements.beat, [
      id,
      kind,
      host,
      pid,
      version,
      dataKeys,
      migration,
      clockOffMs,
      number,
      of,
      primaryPid,
    ]);
    await this.#database.query(statements.sweep);
  }

  async remove(id: string): Promise<void> {
    await this.#database.query(statements.remove, [id]);
  }

  /** Processes with a heartbeat within the last minute, the oldest first. */
  list(): Promise<RunningProcess[]> {
    return this.#database.query<RunningProcess>(statements.list);
  }
}
