import { Pool, type Client, type ClientConfig, type PoolClient } from "pg";
import { stopwatch } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { doneWithin } from "../../kernel/done-within.ts";
import {
  Connection,
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
import { latestConfig, type ConfigFor } from "./latest-config.ts";
import { poolLoad, poolTurn } from "./pool-load.ts";

/**
 * A pool of connections. Checks each connection before its first use, and closes a broken one instead of reusing it. Never retries
 * queries: only the caller can find out whether a lost one took effect.
 */
export interface ConnectionPool {
  /** Runs `work` with a connection. */
  use<T>(work: (client: Client) => Promise<T>): Promise<T>;
  /** Checks out a connection until the caller releases it. */
  take(): Promise<PoolClient>;
  /** Waits briefly for running queries, then destroys their connections. */
  close(): Promise<void>;
}

export interface PoolOptions extends ConnectionOptions {
  /** Maximum number of connections. */
  readonly size: number;
  readonly log: Log;
  /** Whether to send statements without waiting for the previous answer. */
  readonly pipeline?: boolean;
  /** Checks of each new connection, besides its role. */
  readonly checks?: readonly ConnectionCheck[];
}

/** Limit for closing; then sockets are destroyed, because a dead host never answers. */
const CLOSE_MS = 1_500;

/** Minimum limit for waiting while all connections are in use. */
const QUEUE_MS = 5_000;

export function openPool(options: PoolOptions): ConnectionPool {
  const opened = new Set<Connection>();
  const { hosts, connectSeconds } = readDatabaseAddress(options.url);
  const order = new HostOrder(hosts);
  const configFor = latestConfig(options);
  // Reads the certificate files now, so that a missing file is reported at the start.
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
  return new LendingPool(pool, order, { opened, name: options.name });
}

class LendingPool implements ConnectionPool {
  readonly #pool: Pool;
  readonly #order: HostOrder;
  readonly #opened: ReadonlySet<Connection>;
  readonly #name: string;
  readonly #forget: () => void;
  #trustedFrom = 0;
  #closed: Promise<void> | null = null;

  constructor(
    pool: Pool,
    order: HostOrder,
    { opened, name }: { opened: ReadonlySet<Connection>; name: string },
  ) {
    this.#pool = pool;
    this.#order = order;
    this.#opened = opened;
    this.#name = name;
    this.#forget = poolLoad.add(() => ({
      pool: name,
      used: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      size: pool.options.max,
    }));
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
    const asked = stopwatch();
    try {
      return await this.#takeTrusted();
    } finally {
      poolTurn.emit({ pool: this.#name, waitedMs: stopwatch() - asked });
    }
  }

  async #takeTrusted(): Promise<PoolClient> {
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
    this.#forget();
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

  /** Distrusts connections that were opened before another one was lost or became read-only: they are probably dead too. */
  #isTrusted(client: Client): boolean {
    return client instanceof Connection && client.openedAt >= this.#trustedFrom;
  }
}

/**
 * Runs `work`, and rolls back its open transaction when it fails. If the rollback fails too, the pool finds the connection in a
 * transaction and closes it.
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

/** A connection in a transaction must not be reused: the next work would become part of it. */
const isInTransaction = (client: Client): boolean => client.getTransactionStatus() !== "I";

/** The client class of the pool. Each client connects to the next host, and is tracked while it connects, so that closing reaches it. */
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

/** Prepares each new connection. Logs a refusal once, and again when its reason changes. */
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
