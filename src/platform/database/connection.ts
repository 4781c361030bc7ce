import { Client, DatabaseError, type ClientConfig } from "pg";
import { stopwatch } from "../../kernel/clock.ts";
import { codeOf, OperatorError } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import { SQLSTATE } from "./sqlstate.ts";
import { readDatabaseAddress } from "./database-address.ts";
import type { DatabaseHost } from "./database-host.ts";
import { tlsOptions } from "./database-tls.ts";
import { HostOrder } from "./host-order.ts";

/**
 * How Vestibule opens a connection to PostgreSQL. It detects a dead host, closes within a limit, and has the correct role and
 * timeouts before its first query. Start at `withConnection`; pools are in pool.ts.
 */

/** Settings of a connection. Its first message sets them and runs the checks, in one round trip. */
export interface Session {
  /** The role to set; null keeps the login role. */
  readonly role: "vestibule_app" | null;
  /** `statement_timeout`; null for none. */
  readonly statementMs: number | null;
  /** `idle_in_transaction_session_timeout`; null for none. */
  readonly idleInTransactionMs: number | null;
}

/** A check of each new connection. */
export interface ConnectionCheck {
  /** An SQL expression without side effects. */
  readonly expression: string;
  /** Returns why the connection cannot be used, or null when it can. */
  refusalOf(answer: string | null): Error | null;
}

/** A connection was established but must not be used. The message is for operators. */
export class ConnectionRefused extends OperatorError {
  /** The equivalent SQLSTATE, for the table of database-fault.ts. */
  readonly code: string;

  constructor(
    sentence: string,
    code: typeof SQLSTATE.INVALID_AUTHORIZATION | typeof SQLSTATE.READ_ONLY_TRANSACTION,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
    this.code = code;
  }
}

/** The login role, without any settings. */
export const PLAIN: Session = { role: null, statementMs: null, idleInTransactionMs: null };

export interface ConnectionOptions {
  readonly url: Secret;
  /** Connects to this host only, even to a standby; by default to the first host that accepts writes. */
  readonly host?: DatabaseHost;
  /** `application_name`, as `pg_stat_activity` shows it. */
  readonly name: string;
  readonly session: Session;
}

/** How long the first statement of a connection may take. */
const FIRST_STATEMENT_MS = 5_000;

/** Extra time after `statement_timeout` before the connection counts as dead. */
const GRACE_MS = 2_000;

/** Limit for an orderly close; a dead host never answers. */
const CLOSE_MS = 1_000;

/** Detects an idle connection to a dead host after 20 seconds: Node probes ten times, once a second. */
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/**
 * node-postgres' settings for one host of an address. Sends no startup options: poolers refuse or silently drop them. Sets a value
 * for all fields, so that of the PG* variables only PGPASSWORD has an effect.
 */
export function connectionConfig({ url, name, session }: ConnectionOptions, place: DatabaseHost) {
  const { user, password, database, tls, connectSeconds } = readDatabaseAddress(url);
  return {
    ...KEEP_ALIVE,
    ...place,
    user,
    ...(password === null ? {} : { password: password.reveal() }),
    database,
    ssl: tlsOptions(tls, place),
    sslnegotiation: tls.isDirect ? "direct" : "postgres",
    application_name: name,
    connectionTimeoutMillis: connectSeconds * 1_000,
    ...(session.statementMs === null ? {} : { query_timeout: session.statementMs + GRACE_MS }),
  } satisfies ClientConfig;
}

/** A client whose loss fails its running query only, not the process. */
export class Connection extends Client {
  readonly openedAt = stopwatch();

  constructor(config?: ClientConfig) {
    super({ ...KEEP_ALIVE, ...config });
    // The pool removes its error listener while a client is checked out, and an unhandled error event would end the process.
    // The running query rejects with the error, and the pool closes the connection when it is released.
    this.on("error", () => undefined);
  }

  /** Destroys the socket, so that all pending queries reject. */
  destroy(): void {
    this.connection.stream.destroy();
  }

  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | undefined {
    const late = setTimeout(() => {
      this.destroy();
    }, CLOSE_MS);
    this.once("end", () => {
      clearTimeout(late);
    });
    return callback === undefined ? super.end() : (super.end(callback), undefined);
  }
}

/** Awaits an answer of this connection, and destroys the connection after `ms`. */
export async function answeredWithin<T>(client: Client, ms: number, answer: Promise<T>): Promise<T> {
  const late = setTimeout(() => {
    client.connection.stream.destroy();
  }, ms);
  try {
    return await answer;
  } finally {
    clearTimeout(late);
  }
}

/** Opens a connection with the same checks as those of the pools, and closes it after `work`. */
export async function withConnection<T>(
  options: ConnectionOptions,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { hosts } = readDatabaseAddress(options.url);
  const order = new HostOrder(options.host === undefined ? hosts : [options.host]);
  const client = await order.inTurn(() => connectTo(order, options));
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function connectTo(order: HostOrder, options: ConnectionOptions): Promise<Client> {
  const place = order.next();
  const client = new Connection(connectionConfig(options, place));
  try {
    await client.connect();
    await prepareConnection(client, options.session, order.hosts.length > 1 ? [WRITABLE] : []);
    return client;
  } catch (error) {
    order.failed(place, error);
    await client.end().catch(() => undefined);
    throw error;
  }
}

/**
 * Drops the login role's rights, sets the timeouts and runs the checks, in the first message of a new connection. Throws
 * ConnectionRefused when the connection must not be used.
 */
export async function prepareConnection(
  client: Client,
  session: Session,
  further: readonly ConnectionCheck[] = [],
): Promise<void> {
  const checks = [...(session.role === null ? [] : [worksAs(session.role, client.user)]), ...further];
  const text = [...settingsOf(session), ...questionOf(checks)].join("; ");
  if (text === "") {
    return;
  }
  const answer: unknown = await answeredWithin(client, FIRST_STATEMENT_MS, client.query(text)).catch(
    (error: unknown) => {
      throw roleRefusal(session, client, error) ?? error;
    },
  );
  const answers = lastRow(answer);
  checks.forEach(({ refusalOf }, index) => {
    const refusal = refusalOf(answers[index] ?? null);
    if (refusal !== null) {
      throw refusal;
    }
  });
}

const settingsOf = ({ role, statementMs, idleInTransactionMs }: Session): string[] => [
  ...(role === null ? [] : [`set role ${role}`]),
  ...(statementMs === null ? [] : [`set statement_timeout = ${String(statementMs)}`]),
  ...(idleInTransactionMs === null
    ? []
    : [`set idle_in_transaction_session_timeout = ${String(idleInTransactionMs)}`]),
];

const questionOf = (checks: readonly ConnectionCheck[]): string[] =>
  checks.length === 0
    ? []
    : [`select array[${checks.map(({ expression }) => `(${expression})::text`).join(", ")}] as answers`];

/** Several statements in one text have several results. */
function lastRow(answer: unknown): readonly (string | null)[] {
  const result: unknown = Array.isArray(answer) ? answer.at(-1) : answer;
  const { rows } = result as { rows: readonly { answers?: readonly (string | null)[] }[] };
  return rows[0]?.answers ?? [];
}

/** Checks the role although it was just set: a proxy may have dropped the statement, and the server would run with the owner's rights. */
const worksAs = (role: string, login = "the login role"): ConnectionCheck => ({
  expression: "current_user",
  refusalOf: (user) =>
    user === role
      ? null
      : new ConnectionRefused(
          `The database lets ${login} work as ${user ?? "no role"} instead of ${role}: something between Vestibule and ` +
            "PostgreSQL leaves its statements out. Connect directly, or by a pooler in session mode.",
          SQLSTATE.INVALID_AUTHORIZATION,
        ),
});

/** libpq's target_session_attrs=read-write: a standby and a fenced primary accept no writes. */
export const WRITABLE: ConnectionCheck = {
  expression: "pg_is_in_recovery() or current_setting('transaction_read_only')::boolean",
  refusalOf: (isReadOnly) => (isReadOnly === "false" ? null : new ReadOnly()),
};

/** Has the SQLSTATE, so that database-fault.ts finds its text. */
class ReadOnly extends Error {
  readonly code = SQLSTATE.READ_ONLY_TRANSACTION;

  constructor() {
    super("the database is read-only");
  }
}

/** "permission denied to set role" and "role does not exist". */
const ROLE_REFUSED = new Set<string>([SQLSTATE.INSUFFICIENT_PRIVILEGE, SQLSTATE.INVALID_PARAMETER_VALUE]);

function roleRefusal({ role }: Session, { user }: Client, error: unknown): ConnectionRefused | null {
  return role !== null && error instanceof DatabaseError && ROLE_REFUSED.has(codeOf(error) ?? "")
    ? new ConnectionRefused(
        `The role ${user ?? "of DATABASE_URL"} may not work as ${role}. ` +
          `As the owner of the tables, run "npx vestibule migrate", or: grant ${role} to ${user ?? "it"};`,
        SQLSTATE.INVALID_AUTHORIZATION,
        { cause: error },
      )
    : null;
}
