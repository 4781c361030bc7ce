import type { Client } from "pg";
import { OperatorError } from "../../kernel/errors.ts";
import { homeOf, NO_OFFICE } from "../../kernel/home.ts";
import type { Log } from "../../kernel/log.ts";
import { UUID } from "../../kernel/random.ts";
import { Work } from "../../kernel/work.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { ConnectionCheck } from "./connection.ts";
import { ChannelListening, HEARTBEAT, type Heartbeat, type Listener, type Listening } from "./listening.ts";
import { presenceOn, type Presence } from "./presence.ts";
import { openPool, rollBackOnError, type ConnectionPool } from "./pool.ts";

/**
 * The platform: tools without a rule about offices, users or factors. Database, web, messages, rate limits, processes.
 *
 * This folder connects to PostgreSQL. It owns connections, transactions, migrations and roles, and knows no table of the domain.
 * Start at `Database`: each store gets one and sends it named statements, which PostgreSQL prepares once per connection.
 * `connection.ts` opens connections, `pool.ts` reuses them, and `migrate.ts` brings the schema up to date.
 */

/**
 * A prepared statement. A name always has the same text. In the text of one that runs in a transaction, `$home` is the home of its
 * office (src/kernel/home.ts).
 */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** One statement, by its name. What is sent and what comes back is not for watchers. */
export const statementWork = new Work<{ readonly name: string }>();

export interface Queryable {
  query<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Queryable {
  /** Runs `work` in one transaction that sees the rows of this office only (row-level security). */
  inOffice<T>(officeId: string, work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** Runs `work` in one transaction that sees no office's rows. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** Calls the listener for each notification on a channel, and when notifications may have been missed. */
  listen(channel: string, listener: Listener): Promise<Listening>;
  /** Marks this process in the database, until its connection ends and whenever there is another one. */
  markPresence(): Promise<Presence>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: Secret;
  readonly size: number;
  readonly log: Log;
  /** Checks of each new connection, besides its role. */
  readonly checks?: readonly ConnectionCheck[];
  /** What PostgreSQL's list of connections calls these. */
  readonly name?: string;
  /** Limit for one statement. */
  readonly statementMs?: number;
  readonly heartbeat?: Heartbeat;
}

/** Connects as the application role, which cannot run DDL, bypass row-level security or change the audit log. */
export function connectDatabase({
  name = "vestibule",
  statementMs = 10_000,
  heartbeat = HEARTBEAT,
  ...options
}: DatabaseOptions): Database {
  const session = { role: "vestibule_app", statementMs, idleInTransactionMs: 15_000 } as const;
  const pool = openPool({ ...options, name, session, pipeline: true });
  const listening = new Set<ChannelListening>();
  const kept = { pool, heartbeat, log: options.log };
  return {
    query: (statement, values) => pool.use((client) => send(client, prepared(statement, values))),
    inOffice: (officeId, work) =>
      inTransaction(pool, { begin: beginFor(officeId), home: homeOf(officeId) }, work),
    transaction: (work) => inTransaction(pool, { begin: "begin", home: NO_OFFICE }, work),
    listen: async (channel, listener) => {
      const one = new ChannelListening(kept, () => `listen ${channel}`, listener);
      await one.open();
      listening.add(one);
      return one;
    },
    markPresence: async () => {
      const { presence, on } = presenceOn(kept);
      listening.add(on);
      await on.openOrLater();
      return presence;
    },
    close: async () => {
      listening.forEach((one) => {
        one.close();
      });
      await pool.close();
    },
  };
}

function beginFor(officeId: string): string {
  if (!UUID.test(officeId)) {
    throw new Error("An office id must be a UUID.");
  }
  return `begin; set local vestibule.office = '${officeId}'`;
}

/** How a transaction begins, and the home of its rows. */
interface Scope {
  readonly begin: string;
  readonly home: number;
}

/** Never retries: when the answer to a commit is lost, it is unknown whether it succeeded. */
const inTransaction = <T>(
  pool: ConnectionPool,
  scope: Scope,
  work: (tx: Queryable) => Promise<T>,
): Promise<T> => pool.use((client) => rollBackOnError(client, () => commitAfter(client, scope, work)));

/** Does not await `begin`, so that it is sent in the same round trip as the first statements of `work`. */
async function commitAfter<T>(
  client: Client,
  { begin, home }: Scope,
  work: (tx: Queryable) => Promise<T>,
): Promise<T> {
  const begun = client.query(begin);
  begun.catch(() => undefined);
  const result = await work({
    query: (statement, values) => send(client, atHome(home, statement, values)),
  });
  await begun;
  const { command } = await statementWork.run({ name: "commit" }, () => client.query("commit"));
  if (command !== "COMMIT") {
    throw new Error("The transaction was rolled back by the database.");
  }
  return result;
}

interface Prepared {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

const send = async <Row extends object>(client: Client, asked: Prepared): Promise<Row[]> =>
  rowsOf(await statementWork.run({ name: asked.name }, () => client.query(asked)));

const prepared = (statement: Statement, values: readonly unknown[] = []): Prepared => ({
  name: statement.name,
  text: statement.text,
  values: [...values],
});

const HOME = "$home";

/** The home is the last value, so that a statement counts its own from one. */
function atHome(home: number, { name, text }: Statement, values: readonly unknown[] = []): Prepared {
  return text.includes(HOME)
    ? prepared({ name, text: text.replaceAll(HOME, `$${String(values.length + 1)}`) }, [...values, home])
    : prepared({ name, text }, values);
}

/** The only cast of rows: each statement declares the type of its rows, which nothing checks. */
const rowsOf = <Row extends object>(result: { rows: unknown[] }): Row[] => result.rows as Row[];

/** Throws an OperatorError for PostgreSQL versions before 15. */
export async function requirePostgres(database: Database): Promise<void> {
  const [row] = await database.query<{ version: string }>({
    name: "server_version",
    text: "select current_setting('server_version_num') as version",
  });
  if (Number(row?.version) < 150_000) {
    throw new OperatorError("DATABASE_URL: Vestibule needs PostgreSQL 15 or newer.");
  }
}

/** Throws an OperatorError when the search_path does not start with the schema of the migrations. */
export async function requirePublicSchema(database: Database): Promise<void> {
  const [row] = await database.query<{ login: string; found: boolean }>({
    name: "search_path",
    text: "select session_user::text as login, coalesce(current_schema() = 'public', false) as found",
  });
  if (row?.found !== true) {
    const login = row?.login ?? "";
    throw new OperatorError(
      `${login} does not look into the schema "public" first. Type as the database's administrator: alter role ${login} reset search_path; and drop a schema named ${login} if there is one.`,
    );
  }
}
