import { Socket } from "node:net";
import type { Client } from "pg";
import { codeOf, OperatorError } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/random.ts";
import type { Secret } from "../../kernel/secret.ts";
import { SQLSTATE } from "./sqlstate.ts";
import { PLAIN, withConnection, type ConnectionOptions } from "./connection.ts";

/**
 * Checks that each connection has a PostgreSQL session of its own. Behind a pooler in transaction mode it does not: prepared
 * statements, LISTEN, locks and the role of one connection would affect another. Decision 0038 explains the check, and why one
 * round is not enough.
 */

/** A pooler reuses the session that was returned last, so one round may miss a shared session only when others take it in between. */
const ROUNDS = 10;

/** Limit for a statement that may wait because the other connection holds the only session. */
const TIMEOUT_MS = 3_000;

/** What identifies the session of a connection. */
interface Seen {
  readonly backend: number;
  readonly mark: string | null;
}

/** The problem when `keepsSessions` returns false; continues a sentence after the name of the database. */
export const MIXES_SESSIONS =
  "is behind a pooler that gives the statements of one connection to several sessions (PgBouncer: pool_mode=transaction)";

export const MIXES_SESSIONS_ADVICE = "Set pool_mode=session for this database, or connect past the pooler.";

/** Throws when connections to an address share sessions. `name`: the database's name for operators. */
export async function requireSessions(url: Secret, name: string): Promise<void> {
  if (!(await keepsSessions({ url }))) {
    throw new OperatorError(`Cannot use ${name}: it ${MIXES_SESSIONS}. ${MIXES_SESSIONS_ADVICE}`);
  }
}

/** A direct connection has its own session. Otherwise opens a second connection and compares the sessions of both. */
export function keepsSessions(to: Pick<ConnectionOptions, "url" | "host">): Promise<boolean> {
  const options = { ...to, name: "vestibule check", session: { ...PLAIN, statementMs: 5_000 } };
  return withConnection(
    options,
    async (one) =>
      (await isDirect(one)) || withConnection(options, (other) => keepSeparateSessions(one, other)),
  );
}

/**
 * Whether PostgreSQL and this process see the same two ends of a connection: then no pooler is in between. False for a pooler, a
 * proxy, NAT and a Unix socket, which prove nothing.
 */
export async function isDirect(client: Client): Promise<boolean> {
  const { stream } = client.connection;
  if (!(stream instanceof Socket) || stream.remotePort === undefined) {
    return false;
  }
  const { rows } = await client.query<{ ends: string }>(
    `select concat_ws(' ', host(inet_client_addr()), inet_client_port(), host(inet_server_addr()), inet_server_port())
       as ends`,
  );
  const { localAddress, localPort, remoteAddress, remotePort } = stream;
  return rows[0]?.ends === [localAddress, localPort, remoteAddress, remotePort].join(" ");
}

/** Returns false when a connection changes its session, or both have the same one. */
async function keepSeparateSessions(one: Client, other: Client): Promise<boolean> {
  const first = await mark(one);
  const second = await mark(other);
  for (let look = 0; look < ROUNDS; look += 1) {
    if (!isSame(first, await see(one)) || !(await isUnaffectedByOther({ one, other, first, second }))) {
      return false;
    }
  }
  return first.backend !== second.backend;
}

interface Pair {
  readonly one: Client;
  readonly other: Client;
  readonly first: Seen;
  readonly second: Seen;
}

/** While one connection is idle, the other opens a transaction, which would take a shared session away from the idle one. */
async function isUnaffectedByOther({ one, other, first, second }: Pair): Promise<boolean> {
  if (!(await begins(other))) {
    return false;
  }
  const held = await see(other);
  const idle = await answerInTime(see(one));
  await other.query("commit");
  return isSame(second, held) && idle !== null && isSame(first, idle);
}

/** False in statement mode, in which PgBouncer refuses transactions (08P01). */
async function begins(client: Client): Promise<boolean> {
  try {
    await client.query("begin");
    return true;
  } catch (error) {
    if (codeOf(error) === SQLSTATE.PROTOCOL_VIOLATION) {
      return false;
    }
    throw error;
  }
}

async function mark(client: Client): Promise<Seen> {
  await client.query("select set_config('vestibule.session', $1, false)", [randomToken()]);
  return see(client);
}

async function see(client: Client): Promise<Seen> {
  const { rows } = await client.query<{ backend: number; mark: string | null }>(
    "select pg_backend_pid() as backend, current_setting('vestibule.session', true) as mark",
  );
  const [row] = rows;
  if (row === undefined) {
    throw new Error("The database answered nothing.");
  }
  return row;
}

const isSame = (before: Seen, now: Seen) => before.backend === now.backend && before.mark === now.mark;

/** Null on timeout: then the statement waits for the session that the other connection holds. */
async function answerInTime<T>(answer: Promise<T>): Promise<T | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(resolve, TIMEOUT_MS, null);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
