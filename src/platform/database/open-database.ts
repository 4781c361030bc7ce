import { connectDatabase, requirePostgres, requirePublicSchema, type Database } from "./database.ts";
import { databaseFaultAtStart } from "./database-fault.ts";
import { openEmbeddedDatabase } from "../embedded-postgres/embedded.ts";
import { migrate } from "./migrate.ts";
import { requireSessions } from "./session-check.ts";
import { requireWritable } from "./writable.ts";
import { OperatorError } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import { Secret } from "../../kernel/secret.ts";
import { doneWithin } from "../../kernel/done-within.ts";

/** Limit for closing connections in use. Statements end on their own after ten seconds. */
const CLOSE_MS = 1_500;

/** Which database to open. */
export interface DatabaseSettings {
  /** Data directory of the embedded PostgreSQL. */
  readonly dataDir: string;
  readonly database: {
    /** Null for the embedded PostgreSQL. */
    readonly url: Secret | null;
    /** Null when the login of `url` owns the tables. */
    readonly ownerUrl: Secret | null;
    readonly poolSize: number;
  };
}

/** An open, migrated database. */
export interface OpenDatabase {
  readonly database: Database;
  /** For further connections, which set the application role. */
  readonly databaseUrl: Secret;
  /** Names of the migrations that have just run. */
  readonly migrated: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens the configured or the embedded database and migrates it. Throws an OperatorError of one line; also throws when `signal` is
 * aborted while the embedded server starts.
 */
export async function openDatabase(
  settings: DatabaseSettings,
  log: Log,
  signal?: AbortSignal,
): Promise<OpenDatabase> {
  const embedded = settings.database.url === null ? await openEmbedded(settings, log, signal) : null;
  const application = embedded === null ? settings.database.url : new Secret(embedded.applicationUrl);
  if (application === null) {
    throw new OperatorError("DATABASE_URL: missing.");
  }
  const owner =
    embedded === null ? (settings.database.ownerUrl ?? application) : new Secret(embedded.ownerUrl);
  try {
    await requireOwnSessions(settings);
    const migrated = await migrate({ owner, application }).catch((error: unknown) => {
      throw inOneLine(error, nameOf(settings, "owner"));
    });
    const database = await connect(settings, application, log).catch((error: unknown) => {
      throw inOneLine(error, nameOf(settings, "application"));
    });
    return {
      database,
      databaseUrl: application,
      migrated,
      close: async () => {
        // A connection that hangs must not keep the embedded PostgreSQL running.
        await doneWithin(CLOSE_MS, database.close());
        await embedded?.close();
      },
    };
  } catch (error) {
    await embedded?.close();
    throw error;
  }
}

/** Throws for a pooler that mixes sessions. The embedded database has no pooler. */
async function requireOwnSessions(settings: DatabaseSettings): Promise<void> {
  const { url, ownerUrl } = settings.database;
  const addresses = [
    ["application", url],
    ["owner", ownerUrl],
  ] as const;
  for (const [role, address] of addresses) {
    if (address !== null) {
      const name = nameOf(settings, role);
      await requireSessions(address, name).catch((error: unknown) => {
        throw inOneLine(error, name);
      });
    }
  }
}

const openEmbedded = ({ dataDir }: DatabaseSettings, log: Log, signal: AbortSignal | undefined) =>
  openEmbeddedDatabase({
    dataDir,
    log: (message, details) => {
      log.debug(details ?? {}, message);
    },
    warn: (message, details) => {
      log.warn(details ?? {}, message);
    },
    signal,
  });

/** Throws when the server cannot use the database. */
async function connect(settings: DatabaseSettings, url: Secret, log: Log): Promise<Database> {
  const database = connectDatabase({ url, size: settings.database.poolSize, log });
  try {
    await requirePostgres(database);
    await requirePublicSchema(database);
    await requireWritable(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The name of the failed database in the operator's terms. */
function nameOf({ database }: DatabaseSettings, role: "application" | "owner"): string {
  if (database.url === null) {
    return "the embedded database";
  }
  const isOwners = role === "owner" && (database.ownerUrl ?? database.url).reveal() !== database.url.reveal();
  return isOwners ? "the database of VESTIBULE_DATABASE_OWNER_URL" : "the database of DATABASE_URL";
}

function inOneLine(error: unknown, name: string): unknown {
  const fault = error instanceof OperatorError ? null : databaseFaultAtStart(error);
  return fault === null ? error : new OperatorError(`Cannot use ${name}: ${fault.text}.`, { cause: error });
}
