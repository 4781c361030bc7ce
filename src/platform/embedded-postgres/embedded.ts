/**
 * The embedded PostgreSQL server, which runs only when DATABASE_URL is not set. You can skip this folder unless you change how that
 * server is installed, started or stopped: for the rest of Vestibule it is a PostgreSQL at two URLs, and only
 * platform/database/open-database.ts opens it.
 *
 * The folder owns the server's programs, data files, passwords and process, and knows no table. Several processes may open the same
 * data directory: the first starts the server, further ones join it, and the last one stops it. Start at `openEmbeddedDatabase`,
 * then read embedded-attach.ts (start or join) and embedded-keep-attached.ts (restart after a crash). embedded-place.ts has the
 * files on disk.
 */
import { attach } from "./embedded-attach.ts";
import { keepAttached } from "./embedded-keep-attached.ts";
import { preparePlace } from "./embedded-place.ts";
import { APPLICATION_ROLE, DATABASE, OWNER_ROLE } from "./embedded-secrets.ts";

export interface EmbeddedDatabase {
  /** For migrations; the role is a superuser. */
  ownerUrl: string;
  /** For the application, which has only the rights that the owner grants. */
  applicationUrl: string;
  /** Leaves the server. If no other process uses it, stops it and waits some seconds for its end. */
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  dataDir: string;
  log: (message: string, details?: Record<string, unknown>) => void;
  /** Called when the server is lost, and at most once a minute while it cannot be restarted. */
  warn?: (message: string, details?: Record<string, unknown>) => void;
  /** Aborts the opening, for example at shutdown. */
  signal?: AbortSignal | undefined;
  /** For tests: false is faster and may lose all data in a crash. */
  fsync?: boolean;
}

/**
 * Starts, or joins, the PostgreSQL server of a data directory. Throws EmbeddedDatabaseError (embedded-error.ts),
 * whose message is one line that says what is wrong and what to do.
 */
export async function openEmbeddedDatabase(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const place = await preparePlace(options.dataDir);
  const { fsync = true, log, warn = log, signal } = options;
  const attachment = await attach(place, { fsync, preferredPort: null, log, signal });
  const { port, secrets } = attachment;
  return {
    ownerUrl: urlOf(OWNER_ROLE, secrets.owner, port),
    applicationUrl: urlOf(APPLICATION_ROLE, secrets.application, port),
    close: keepAttached(place, attachment, { fsync, log, warn }),
  };
}

/** The explicit `sslmode` overrides PGSSLMODE, which could demand TLS. The server has none. */
const urlOf = (role: string, password: string, port: number): string =>
  `postgresql://${role}:${password}@127.0.0.1:${port}/${DATABASE}?sslmode=disable`;
