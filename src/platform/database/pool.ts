import { Pool, type Client, type ClientConfig, type PoolClient } from "pg";
import { stopwatch } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { doneWithin } from "../../kernel/done-within.ts";
import {
  Connection,
  connectionConfig,
  ConnectionRefused,
  prepareConnection,
  WRITABLE,
  type ConnectionCheck,
  type ConnectionOptions,
} from "./connection.ts";
import { readDatabaseAddress } from "./database-address.ts";
import { databaseFault } from "./database-fault.ts";
import { hostName, type DatabaseHost } from "./database-host.ts";
import { HostOrder } from "./host-order.ts";

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

/** The least time that waiting for a connection may take while all of them are lent. */
const QUEUE_MS = 5_000;

export function openPool(options: PoolOptions): ConnectionPool {
  const opened = new Set<Connection>();
  const { hosts, connectSeconds } = readDatabaseAddress(options.url);
  const order = new HostOrder(hosts);
  const configFor = latestConfig(options);
  // At once, so that a file that is missing is told at the start.
  hosts.forEach(configFor);
  const pool = new Pool({
    connectionTimeoutMillis: Math.max(QUEUE_MS, connectSeconds * 1_000),
    max: options.size,
    pipeline: options.pipeline ?? false,
    Client: clientsOf(configFor, order, opened),
    verify: verifyConnection(options, order),
  });
  pool.on("error", (error) => {
    options.log.warn({ error }, "an idle database connection ended");
  });
  return new LendingPool(pool, order, opened);
}

class LendingPool implements ConnectionPool {
  readonly #pool: Pool;
  readonly #order: HostOrder;
  readonly #opened: ReadonlySet<Connection>;
  #trustedFrom = 0;
  #closed: Promise<void> | null = null;

  constructor(pool: Pool, order: HostOrder, opened: ReadonlySet<Connection>) {
    this.#pool = pool;
    this.#order = order;
    this.#opened = opened;
  }

  async use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.take();
    try {
      const result = await work(client);
      client.release(isInTransaction(client));
      return result;
    } catch (error) {
      this.#releaseAfter(client, error);
      throw error;
    }
  }

  async take(): Promise<PoolClient> {
    for (;;) {
      const client = await this.#order.inTurn(() => this.#pool.connect());
      if (this.#isTrusted(client)) {
        return client;
      }
      client.release(true);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeWithin(CLOSE_MS);
    return this.#closed;
  }

  async #closeWithin(ms: number): Promise<void> {
    await doneWithin(ms, this.#pool.end());
    this.#opened.forEach((connection) => {
      connection.destroy();
    });
  }

  #releaseAfter(client: PoolClient, error: unknown): void {
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
export async function rollBackOnError<T>(client: Client, work: () => Promise<T>): Promise<T> {
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

/** Each connects to the host whose turn it is. Remembered also while they are being made: closing has to reach them. */
function clientsOf(configFor: ConfigFor, order: HostOrder, opened: Set<Connection>) {
  return class extends Connection {
    readonly #place: DatabaseHost;

    constructor(config?: ClientConfig) {
      const place = order.next();
      super({ ...config, ...configFor(place) });
      this.#place = place;
      opened.add(this);
      this.once("end", () => {
        opened.delete(this);
      });
    }

    override connect(): Promise<Client>;
    override connect(callback: (error?: Error) => void): void;
    override connect(callback?: (error?: Error) => void): Promise<Client> | undefined {
      const connected = super.connect().catch((error: unknown) => {
        order.failed(this.#place, error);
        throw error;
      });
      if (callback === undefined) {
        return connected;
      }
      connected.then(() => {
        callback();
      }, callback);
      return undefined;
    }
  };
}

type ConfigFor = (place: DatabaseHost) => ClientConfig;

/**
 * Certificates are renewed while a server runs, so their files are read for each connection. One that is missing for a
 * moment is replaced by what it held before: an error would end the process here, since the pool hears none.
 */
function latestConfig(options: PoolOptions): ConfigFor {
  const known = new Map<string, ClientConfig>();
  return (place) => {
    const name = hostName(place);
    try {
      const config = connectionConfig(options, place);
      known.set(name, config);
      return config;
    } catch (error) {
      const before = known.get(name);
      if (before === undefined) {
        throw error;
      }
      options.log.warn(
        { error },
        "a file of the database's address cannot be read; what it held before is used",
      );
      return before;
    }
  };
}

/** Says why connections are refused once, and again when that has changed. */
function verifyConnection({ session, checks, log }: PoolOptions, order: HostOrder) {
  let loggedRefusal = "";
  return (client: PoolClient, done: (error?: Error) => void): void => {
    prepareConnection(client, session, [WRITABLE, ...(checks ?? [])]).then(
      () => {
        loggedRefusal = "";
        const others = order.answered(client);
        if (others.length > 0) {
          log.warn(
            { host: hostName(client), others },
            "the database is used at one host; others cannot be used",
          );
        }
        done();
      },
      (error: unknown) => {
        order.failed(client, error);
        const refusal = error instanceof Error ? error : new Error("no Error", { cause: error });
        if (refusal instanceof ConnectionRefused && refusal.message !== loggedRefusal) {
          loggedRefusal = refusal.message;
          log.error({ error: refusal }, "database connections are refused");
        }
        done(refusal);
      },
    );
  };
}
