import { DatabaseError, type Client } from "pg";
import { answeredWithin, Connection } from "../database/connection.ts";
import { databaseFault } from "../database/database-fault.ts";
import { EmbeddedDatabaseError } from "./embedded-error.ts";
import type { Place } from "./embedded-place.ts";
import { OWNER_ROLE, type Secrets } from "./embedded-secrets.ts";

/** Numbers of advisory locks in the database "postgres", where the application's role cannot come. */
const PRESENCE_LOCK = 860_114_001;
const SET_UP_LOCK = 860_114_002;

const ANSWER_MS = 3_000;

/**
 * One open connection that says "somebody uses this server". The server itself forgets it when its process dies,
 * however that happens, so that nobody counts as present who is not.
 */
export interface Presence {
  client: Client;
  /** Called once when the connection breaks without our doing. */
  onLost(callback: () => void): void;
  /** Gives the presence up. True when nobody else is present; then the server must be stopped, nobody can join. */
  leave(): Promise<boolean>;
  end(): Promise<void>;
}

/** `null` when the server is not there, is only coming up, or is about to stop: worth another attempt. */
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

/** How the owner connects; `ssl` is said so that PGSSLMODE of the environment cannot ask for it. */
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

/** Lets one connection at a time do the work. */
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

/** Gives up the shared lock before asking for the exclusive one: of two that leave at once, one gets it. */
async function leave(client: Client): Promise<boolean> {
  try {
    await ask(client, "pg_advisory_unlock_shared", PRESENCE_LOCK);
    return await ask(client, "pg_try_advisory_lock", PRESENCE_LOCK);
  } catch {
    // The server is gone already; there is nothing to stop.
    return false;
  }
}

type LockFunction = "pg_try_advisory_lock_shared" | "pg_advisory_unlock_shared" | "pg_try_advisory_lock";

async function ask(client: Client, lockFunction: LockFunction, lock: number): Promise<boolean> {
  // None of them waits for a lock: what gives no answer is a server that hangs.
  const asked = client.query<{ answer: boolean }>(`select ${lockFunction}($1) as answer`, [lock]);
  const { rows } = await answeredWithin(client, ANSWER_MS, asked);
  return rows[0]?.answer === true;
}

/** Trouble that another attempt may not meet: no connection at all, too many, a server that stops or comes up. */
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
    `The database in ${place.cluster} lets us not in (${error.message}); ${hint}.`,
    { cause: error },
  );
}
