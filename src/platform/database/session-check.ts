import { Socket } from "node:net";
import type { Client } from "pg";
import { codeOf, OperatorError } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/random.ts";
import type { Secret } from "../../kernel/secret.ts";
import { SQLSTATE } from "./sqlstate.ts";
import { PLAIN, withConnection, type ConnectionOptions } from "./connection.ts";

/**
 * Whether each connection is a session of PostgreSQL of its own. Behind a pooler in transaction mode it is not: then
 * prepared statements, LISTEN, locks and the role of one connection land in another. Decision 0038 says why that is
 * looked at, and why looking once is not enough.
 */

/** A pooler gives away what it got back last; only where others take it in between does one look see nothing. */
const ROUNDS = 10;

/** How long a statement waits where the other connection holds the only session. */
const TIMEOUT_MS = 3_000;

/** What a connection sees of its session. */
interface Seen {
  readonly backend: number;
  readonly mark: string | null;
}

/** What is wrong where `keepsSessions` answers false; reads on after the name of what is behind a pooler. */
export const MIXES_SESSIONS =
  "is behind a pooler that gives the statements of one connection to several sessions (PgBouncer: pool_mode=transaction)";

export const MIXES_SESSIONS_ADVICE = "Set pool_mode=session for this database, or connect past the pooler.";

/** Throws when an address leads to sessions that several connections share. `name` is what operators call it. */
export async function requireSessions(url: Secret, name: string): Promise<void> {
  if (!(await keepsSessions({ url }))) {
    throw new OperatorError(`Cannot use ${name}: it ${MIXES_SESSIONS}. ${MIXES_SESSIONS_ADVICE}`);
  }
}

/** Asks one connection whether anything is in between; where something is, a second one, and compares what they see. */
export function keepsSessions(to: Pick<ConnectionOptions, "url" | "host">): Promise<boolean> {
  const options = { ...to, name: "vestibule check", session: { ...PLAIN, statementMs: 5_000 } };
  return withConnection(
    options,
    async (one) =>
      (await isDirect(one)) || withConnection(options, (other) => keepSeparateSessions(one, other)),
  );
}

/**
 * Whether PostgreSQL knows both ends of a connection as this process does: then nothing is in between that could share
 * sessions. False for a pooler, a proxy, translated addresses and a Unix socket: none of them says enough.
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

/** Answers false as soon as one of two connections is answered by another session than before, or by the other's. */
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

/** While one is idle the other holds a transaction: with a shared session, that of the idle one is taken away. */
async function isUnaffectedByOther({ one, other, first, second }: Pair): Promise<boolean> {
  if (!(await begins(other))) {
    return false;
  }
  const held = await see(other);
  const idle = await answerInTime(see(one));
  await other.query("commit");
  return isSame(second, held) && idle !== null && isSame(first, idle);
}

/** False in statement mode, where PgBouncer knows no transactions (08P01). */
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

/** Null when it takes too long: then the statement waits for the session that the other connection holds. */
async function answerInTime<T>(answer: Promise<T>): Promise<T | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(resolve, TIMEOUT_MS, null);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
