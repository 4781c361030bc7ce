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
 * One connection to PostgreSQL as this product makes them all: it outlives no dead host, ends when it is asked to, and
 * works as the role that it should before anything is asked of it. Start at `withConnection`; pools are in pool.ts.
 */

/** What a connection is set to in its first statement, which also asks the checks: one round trip. */
export interface Session {
  /** The role that it works as; null: the one that logs in. */
  readonly role: "vestibule_app" | null;
  /** PostgreSQL gives a statement up after so long; null: never. */
  readonly statementMs: number | null;
  /** PostgreSQL ends a connection that leaves a transaction open for so long; null: never. */
  readonly idleInTransactionMs: number | null;
}

/** A question to every new connection, and whether its answer will do. */
export interface ConnectionCheck {
  /** An SQL expression without side effects. */
  readonly expression: string;
  /** Answers why the connection cannot be used, or null when it can. */
  judge(answer: string | null): Error | null;
}

/** A connection that could be made and must not be used. Its sentence is for operators. */
export class ConnectionRefused extends OperatorError {
  /** The SQLSTATE that says the same, for the table of database-fault.ts. */
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

/** As the role that logs in, with nothing set. */
export const PLAIN: Session = { role: null, statementMs: null, idleInTransactionMs: null };

export interface ConnectionOptions {
  readonly url: Secret;
  /** One of its hosts alone, whatever it takes; otherwise the first of them that takes writes. */
  readonly host?: DatabaseHost;
  /** What `pg_stat_activity` calls it. */
  readonly name: string;
  readonly session: Session;
}

/** How long the first statement of a connection may take. */
const FIRST_STATEMENT_MS = 5_000;

/** What PostgreSQL's own limit is given before the connection counts as dead. */
const GRACE_MS = 2_000;

/** How long saying goodbye may take; a dead host never answers. */
const CLOSE_MS = 1_000;

/** An idle connection to a host that is gone is found after 20 seconds: Node probes ten times, a second apart. */
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/**
 * What node-postgres is told to reach one host of an address. No start-up options: poolers refuse them or leave them
 * out without a word. What the address leaves out is said too, so that nothing but a password comes from PG* variables.
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

/** A client whose loss ends nothing but what it was doing. */
export class Connection extends Client {
  readonly openedAt = stopwatch();

  constructor(config?: ClientConfig) {
    super({ ...KEEP_ALIVE, ...config });
    // The pool takes its own listener off while a client is lent; an error that nobody hears would end the process.
    // What was under way has the error as its answer, and a pool closes the connection when it comes back.
    this.on("error", () => undefined);
  }

  /** Breaks the connection off, so that everything that waits for an answer has an error. */
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

/** Waits for an answer of this connection, which is broken off when that takes longer. */
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

/** Opens one connection, checked like those of the pools, and closes it after `work`. */
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
 * Gives the rights of the login role up, sets the limits and asks the checks, all in the first message of a new
 * connection. Throws ConnectionRefused when the connection must not be used.
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
  checks.forEach(({ judge }, index) => {
    const refusal = judge(answers[index] ?? null);
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

/** Several statements in one text answer several results. */
function lastRow(answer: unknown): readonly (string | null)[] {
  const result: unknown = Array.isArray(answer) ? answer.at(-1) : answer;
  const { rows } = result as { rows: readonly { answers?: readonly (string | null)[] }[] };
  return rows[0]?.answers ?? [];
}

/** Asked although it was just set: a proxy may have swallowed that, and then the server would work as the owner. */
const worksAs = (role: string, login = "the login role"): ConnectionCheck => ({
  expression: "current_user",
  judge: (user) =>
    user === role
      ? null
      : new ConnectionRefused(
          `The database lets ${login} work as ${user ?? "nobody"} instead of ${role}: something between Vestibule and ` +
            "PostgreSQL leaves its statements out. Connect directly, or by a pooler in session mode.",
          SQLSTATE.INVALID_AUTHORIZATION,
        ),
});

/** What libpq calls target_session_attrs=read-write: a standby, and a primary that was fenced off, take no writes. */
export const WRITABLE: ConnectionCheck = {
  expression: "pg_is_in_recovery() or current_setting('transaction_read_only')::boolean",
  judge: (isReadOnly) => (isReadOnly === "false" ? null : new ReadOnly()),
};

/** Told in the words that the table of database-fault.ts has for it. */
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
