import { connectDatabase, requirePostgres, type Database } from "./database/database.ts";
import { openEmbeddedDatabase } from "./database/embedded/embedded.ts";
import { migrate } from "./database/migrate.ts";
import { codeOf, OperatorError } from "./kernel/errors.ts";
import type { Log } from "./kernel/log.ts";
import { Secret } from "./kernel/secret.ts";
import type { Settings } from "./settings.ts";

/** A database that is up to date, and how to leave it. */
export interface OpenDatabase {
  readonly database: Database;
  /** For further connections with the application role. */
  readonly databaseUrl: Secret;
  /** Names of the migrations that ran just now. */
  readonly migrated: readonly string[];
  close(): Promise<void>;
}

/** Opens the database of the settings, or the embedded one, and migrates it. Throws an OperatorError of one line. */
export async function openDatabase(settings: Settings, log: Log): Promise<OpenDatabase> {
  const embedded =
    settings.database.url === null
      ? await openEmbeddedDatabase({
          dataDir: settings.dataDir,
          log: (message, details) => {
            log.debug(details ?? {}, message);
          },
        })
      : null;
  const application = embedded === null ? settings.database.url : new Secret(embedded.applicationUrl);
  if (application === null) {
    throw new OperatorError("DATABASE_URL: missing.");
  }
  const owner =
    embedded === null ? (settings.database.ownerUrl ?? application) : new Secret(embedded.ownerUrl);
  try {
    const migrated = await migrate({ owner, application });
    const database = connectDatabase({ url: application, size: settings.database.poolSize, log });
    await requirePostgres(database);
    return {
      database,
      databaseUrl: application,
      migrated,
      close: async () => {
        await database.close();
        await embedded?.close();
      },
    };
  } catch (error) {
    await embedded?.close();
    throw inOneLine(error);
  }
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "its host is unknown",
  EAI_AGAIN: "its host is unknown",
  ETIMEDOUT: "it does not answer",
  "28P01": "the password is wrong",
  "28000": "the role may not connect",
  "3D000": "the database does not exist; create it first",
  "42501": "the role lacks a right; migrating needs the owner, see VESTIBULE_DATABASE_OWNER_URL",
  "53100": "its disk is full",
};

function inOneLine(error: unknown): unknown {
  const reason = REASONS[codeOf(error) ?? ""];
  return error instanceof OperatorError || reason === undefined
    ? error
    : new OperatorError(`Cannot use the database of DATABASE_URL: ${reason}.`, { cause: error });
}
