import { Pool, type Client, type ClientConfig, type PoolClient } from "pg";
import { stopwatch } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import { doneWithin } from "../kernel/within.ts";
import {
  Connection,
  connectionConfig,
  ConnectionRefused,
  prepareConnection,
  type ConnectionCheck,
  type ConnectionOptions,
} from "./connection.ts";
import { databaseFault } from "./database-fault.ts";

/**
 * Every pool of the product. A connection is checked before it is lent for the first time, and one that is of no more
 * use is closed instead of lent again. Nothing is tried twice here: whether lost work was done, only its caller can ask.
 */
export interface ConnectionPool {
  /** Lends a connection for the time of `work`. */
  use<T>(work: (client: Client) => Promise<T>): Promise<T>;
  /** Lends a connection until it is released. */
  take(): Promise<PoolClient>;
  /** Waits a moment for what is under way, then breaks it off. */
  close(): Promise<void>;
}

export interface PoolOptions extends ConnectionOptions {
  /** Most connections. */
  readonly size: number;
  readonly log: Log;
  /** Whether statements are sent without waiting for the answer to the one before. */
  readonly pipeline?: boolean;
  /** What is asked of each new connection beside the role that it works as. */
  readonly checks?: readonly ConnectionCheck[];
}

/** What closing waits for; then sockets are destroyed, since a dead host would be waited for without end. */
const CLOSE_MS = 1_500;

export function openPool(options: PoolOptions): ConnectionPool {
  const opened = new Set<Connection>();
  const pool = new Pool({
    ...connectionConfig(options),
    max: options.size,
    pipeline: options.pipeline ?? false,
    Client: rememberedIn(opened),
    verify: admission(options),
  });
  pool.on("error", (error) => {
    options.log.warn({ error }, "an idle database connection ended");
  });
  return new LendingPool(pool, opened);
}

class LendingPool implements ConnectionPool {
  readonly #pool: Pool;
  readonly #opened: ReadonlySet<Connection>;
  #trustedFrom = 0;
  #closed: Promise<void> | null = null;

  constructor(pool: Pool, opened: ReadonlySet<Connection>) {
    this.#pool = pool;
    this.#opened = opened;
  }

  async use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.take();
    try {
      const result = await work(client);
      client.release(isInTransaction(client));
      return result;
    } catch (error) {
      this.#giveBackAfter(client, error);
      throw error;
    }
  }

  async take(): Promise<PoolClient> {
    for (;;) {
      const client = await this.#pool.connect();
      if (this.#isTrusted(client)) {
        return client;
      }
      client.release(true);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#endWithin(CLOSE_MS);
    return this.#closed;
  }

  async #endWithin(ms: number): Promise<void> {
    await doneWithin(ms, this.#pool.end());
    this.#opened.forEach((connection) => {
      connection.destroy();
    });
  }

  #giveBackAfter(client: PoolClient, error: unknown): void {
    const fault = databaseFault(error);
    if (fault?.kind === "unreachable" || fault?.kind === "read-only") {
      this.#trustedFrom = stopwatch();
    }
    client.release(fault?.dropsConnection === true || isInTransaction(client));
  }

  /** One that was opened before another went silent, or became read-only, is most likely as dead. */
  #isTrusted(client: Client): boolean {
    return client instanceof Connection && client.openedAt >= this.#trustedFrom;
  }
}

/**
 * Runs `work`, which may begin a transaction. What it left open when it failed is undone; when that cannot be done
 * either, the pool sees the connection in a transaction and closes it.
 */
export async function orRollBack<T>(client: Client, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (databaseFault(error)?.dropsConnection !== true) {
      await client.query("rollback").catch(() => undefined);
    }
    throw error;
  }
}

/** Another's work must never become part of it. */
const isInTransaction = (client: Client): boolean => client.getTransactionStatus() !== "I";

/** Also those that are still being made: closing has to reach them. */
function rememberedIn(opened: Set<Connection>) {
  return class extends Connection {
    constructor(config?: ClientConfig) {
      super(config);
      opened.add(this);
      this.once("end", () => {
        opened.delete(this);
      });
    }
  };
}

/** Says why connections are refused once, and again when that has changed. */
function admission({ session, checks, log }: PoolOptions) {
  let said = "";
  return (client: PoolClient, done: (error?: Error) => void): void => {
    prepareConnection(client, session, checks).then(
      () => {
        said = "";
        done();
      },
      (error: unknown) => {
        const refusal = error instanceof Error ? error : new Error("no Error", { cause: error });
        if (refusal instanceof ConnectionRefused && refusal.message !== said) {
          said = refusal.message;
          log.error({ error: refusal }, "database connections are refused");
        }
        done(refusal);
      },
    );
  };
}
