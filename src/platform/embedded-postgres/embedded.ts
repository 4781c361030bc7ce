/**
 * The embedded PostgreSQL: a server of our own in the data directory, for those who bring none. This family of files
 * (embedded-*.ts) owns its programs, its cluster, its passwords and its life; it knows no table. Several processes
 * may open one data directory: the first starts the server, the others join it, the last one stops it. Start with
 * embedded-attach.ts; what belongs where on the disk stands in embedded-place.ts.
 */
import { attach } from "./embedded-attach.ts";
import { keepAttached } from "./embedded-keep-attached.ts";
import { preparePlace } from "./embedded-place.ts";
import { APPLICATION_ROLE, DATABASE, OWNER_ROLE } from "./embedded-secrets.ts";

export interface EmbeddedDatabase {
  /** For migrations: a superuser. */
  ownerUrl: string;
  /** For the application: may do what the owner grants. */
  applicationUrl: string;
  /** Gives the server up and, where nobody else uses it, stops it and waits some seconds until it is gone. */
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  dataDir: string;
  log: (message: string, details?: Record<string, unknown>) => void;
  /** Told when the server is lost, as often as once a minute while it cannot be started again. */
  warn?: (message: string, details?: Record<string, unknown>) => void;
  /** Aborted when nobody waits for the opening any more. */
  signal?: AbortSignal | undefined;
  /** Tests only: false is quicker and may lose everything in a crash. */
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

/** `sslmode` is said so that PGSSLMODE of the environment cannot ask for what the server does not offer. */
const urlOf = (role: string, password: string, port: number): string =>
  `postgresql://${role}:${password}@127.0.0.1:${port}/${DATABASE}?sslmode=disable`;
