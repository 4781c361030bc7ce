import { Pool, type PoolClient } from "pg";
import { OperatorError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Secret } from "../kernel/secret.ts";

/**
 * The way to PostgreSQL. Owns connections and transactions; knows no table.
 * Start at `Database`: stores get one and send it statements that are named, so that PostgreSQL plans each once.
 */

/** A statement that is prepared under its name on each connection; the same name always has the same text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface Queryable {
  query<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Queryable {
  /** Runs `work` in one transaction that sees the rows of this office only (row-level security). */
  inOffice<T>(officeId: string, work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** Runs `work` in one transaction that sees no office's rows. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** Tells the listener each notification on a channel, and whether any may be missed. */
  listen(channel: string, listener: Listener): Promise<void>;
  close(): Promise<void>;
}

interface Listener {
  heard(payload: string): void;
  /** From now on every notification is heard; earlier ones may have been missed. */
  connected(): void;
  disconnected(): void;
}

export interface DatabaseOptions {
  readonly url: Secret;
  readonly size: number;
  readonly log: Log;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Connects as the application role: no DDL, no bypass of row-level security, no change of the audit log. */
export function connectDatabase({ url, size, log }: DatabaseOptions): Database {
  const pool = new Pool({
    connectionString: url.reveal(),
    max: size,
    connectionTimeoutMillis: 5_000,
    // A role of the connection, not a statement: there is no moment with the owner's rights.
    options: "-c role=vestibule_app -c statement_timeout=10000 -c idle_in_transaction_session_timeout=15000",
    application_name: "vestibule",
    pipeline: true,
  });
  pool.on("error", (error) => log.warn({ error }, "an idle database connection ended"));
  const listeners = new Listeners(pool, log);
  return {
    query: async (statement, values) => rowsOf(await pool.query(prepared(statement, values))),
    inOffice: (officeId, work) => inTransaction(pool, beginFor(officeId), work),
    transaction: (work) => inTransaction(pool, "begin", work),
    listen: (channel, listener) => listeners.add(channel, listener),
    close: async () => {
      listeners.close();
      await pool.end();
    },
  };
}

function beginFor(officeId: string): string {
  if (!UUID.test(officeId)) {
    throw new Error("An office id must be a UUID.");
  }
  return `begin; set local vestibule.office = '${officeId}'`;
}

/** Sends the begin without waiting for it: it travels together with the first statements of `work`. */
async function inTransaction<T>(pool: Pool, begin: string, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const begun = client.query(begin);
    begun.catch(() => undefined);
    const result = await work({
      query: async (statement, values) => rowsOf(await client.query(prepared(statement, values))),
    });
    await begun;
    const { command } = await client.query("commit");
    if (command !== "COMMIT") {
      throw new Error("The transaction was rolled back by the database.");
    }
    client.release();
    return result;
  } catch (error) {
    await rollBack(client);
    throw error;
  }
}

async function rollBack(client: PoolClient): Promise<void> {
  try {
    await client.query("rollback");
    client.release();
  } catch {
    client.release(true);
  }
}

const prepared = (statement: Statement, values: readonly unknown[] = []) => ({
  name: statement.name,
  text: statement.text,
  values: [...values],
});

/** The row's shape is the promise of the statement beside it; this is the one place that takes its word. */
const rowsOf = <Row extends object>(result: { rows: unknown[] }): Row[] => result.rows as Row[];

class Listeners {
  readonly #pool: Pool;
  readonly #log: Log;
  readonly #clients = new Set<PoolClient>();
  #closed = false;

  constructor(pool: Pool, log: Log) {
    this.#pool = pool;
    this.#log = log;
  }

  async add(channel: string, listener: Listener): Promise<void> {
    const client = await this.#pool.connect();
    this.#clients.add(client);
    client.on("notification", (message) => {
      listener.heard(message.payload ?? "");
    });
    client.once("error", () => {
      listener.disconnected();
      if (this.#clients.delete(client)) {
        client.release(true);
        this.#again(channel, listener);
      }
    });
    await client.query(`listen ${channel}`);
    listener.connected();
  }

  /** A lost listener comes back with the database. */
  #again(channel: string, listener: Listener): void {
    if (this.#closed) {
      return;
    }
    const later = setTimeout(() => {
      this.add(channel, listener).catch((error: unknown) => {
        this.#log.warn({ error }, "cannot listen to the database yet");
        this.#again(channel, listener);
      });
    }, 1_000);
    later.unref();
  }

  close(): void {
    this.#closed = true;
    this.#clients.forEach((client) => {
      client.release(true);
    });
    this.#clients.clear();
  }
}

/** Ends with one line when the database cannot be reached or is no PostgreSQL 15 or newer. */
export async function requirePostgres(database: Database): Promise<void> {
  const [row] = await database.query<{ version: string }>({
    name: "server_version",
    text: "select current_setting('server_version_num') as version",
  });
  if (Number(row?.version) < 150_000) {
    throw new OperatorError("DATABASE_URL: Vestibule needs PostgreSQL 15 or newer.");
  }
}
