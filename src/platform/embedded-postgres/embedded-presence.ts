import { DatabaseError, type Client } from "pg";
import { answeredWithin, Connection } from "../database/connection.ts";
import { databaseFault } from "../database/database-fault.ts";
import { EmbeddedDatabaseError } from "./embedded-error.ts";
import type { Place } from "./embedded-place.ts";
import { OWNER_ROLE, type Secrets } from "./embedded-secrets.ts";

/** Advisory locks in the database "postgres", to which the application's role cannot connect. */
const PRESENCE_LOCK = 860_114_001;
const SET_UP_LOCK = 860_114_002;

const ANSWER_MS = 3_000;

/**
 * An open connection with a shared advisory lock, which marks this process as a user of the server. PostgreSQL releases the lock
 * when the process dies in any way, so that a dead process never counts.
 */
export interface Presence {
  client: Client;
  /** Calls back once if the connection is lost. */
  onLost(callback: () => void): void;
  /** Releases the lock. True when no other process holds it: then this process must stop the server, which no process can join any more. */
  leave(): Promise<boolean>;
  end(): Promise<void>;
}

/** Null when the server is not running, is starting or is about to stop: try again. */
export async function takePresence(place: Place, port: number, secrets: Secrets): Promise<Presence | null> {
  const client = new Connection({
    ...serverAt(port, secrets),
    database: "postgres",
    application_name: "vestibule-presence",
  });
  const presence = watch(client);
  try {
    await client.connect();
    if (await ask(client, "pg_try_advisory_lock_shared", PRESENCE_LOCK)) {
      return presence;
    }
  } catch (error) {
    await presence.end();
    throwIfPermanent(place, error);
  }
  await presence.end();
  return null;
}

/** Connection settings of the owner. The explicit `ssl` overrides PGSSLMODE. */
export function serverAt(port: number, { owner }: Secrets) {
  return {
    host: "127.0.0.1",
    port,
    user: OWNER_ROLE,
    password: owner,
    ssl: false,
    connectionTimeoutMillis: 5000,
  };
}

/** Lets one process at a time set up the database. */
export async function withSetUpLock(client: Client, work: () => Promise<void>): Promise<void> {
  await client.query("select pg_advisory_lock($1)", [SET_UP_LOCK]);
  try {
    await work();
  } finally {
    await client.query("select pg_advisory_unlock($1)", [SET_UP_LOCK]);
  }
}

function watch(client: Client): Presence {
  let isEnding = false;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  client.once("end", resolve);
  return {
    client,
    onLost: (callback) => void ended.then(() => (isEnding ? undefined : callback())),
    leave: async () => {
      isEnding = true;
      return leave(client);
    },
    end: async () => {
      isEnding = true;
      await client.end().catch(() => undefined);
    },
  };
}

/** Releases the shared lock before it tries the exclusive one: of two processes that leave at the same time, one gets it. */
async function leave(client: Client): Promise<boolean> {
  try {
    await ask(client, "pg_advisory_unlock_shared", PRESENCE_LOCK);
    return await ask(client, "pg_try_advisory_lock", PRESENCE_LOCK);
  } catch {
    // The server has already ended.
    return false;
  }
}

type LockFunction = "pg_try_advisory_lock_shared" | "pg_advisory_unlock_shared" | "pg_try_advisory_lock";

async function ask(client: Client, lockFunction: LockFunction, lock: number): Promise<boolean> {
  // None of these functions waits for a lock, so a missing answer means that the server hangs.
  const asked = client.query<{ answer: boolean }>(`select ${lockFunction}($1) as answer`, [lock]);
  const { rows } = await answeredWithin(client, ANSWER_MS, asked);
  return rows[0]?.answer === true;
}

/** Whether a retry may succeed: no connection, too many connections, or a server that is starting or stopping. */
export function isTemporary(error: unknown): boolean {
  const kind = databaseFault(error)?.kind;
  return !(error instanceof DatabaseError) || kind === "unreachable" || kind === "busy";
}

function throwIfPermanent(place: Place, error: unknown): void {
  if (isTemporary(error) || !(error instanceof DatabaseError)) {
    return;
  }
  const hint = error.code?.startsWith("28")
    ? `the passwords in ${place.secrets} are not those of this database: restore both from the same backup`
    : `see ${place.log}`;
  throw new EmbeddedDatabaseError(
    `The database in ${place.cluster} refuses the connection (${error.message}); ${hint}.`,
    { cause: error },
  );
}
