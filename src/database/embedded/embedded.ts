/**
 * The embedded PostgreSQL: a server of our own in the data directory, for those who bring none. This family of files
 * (embedded-*.ts) owns its programs, its cluster, its passwords and its life; it knows no table. Several processes
 * may open one data directory: the first starts the server, the others join it, the last one stops it. Start with
 * embedded-attach.ts; what belongs where on the disk stands in embedded-place.ts.
 */
import { attach, giveUp, type Attachment, type AttachOptions } from "./embedded-attach.ts";
import { preparePlace, type Place } from "./embedded-place.ts";
import { APPLICATION_ROLE, DATABASE, OWNER_ROLE } from "./embedded-secrets.ts";

export interface EmbeddedDatabase {
  /** For migrations: a superuser. */
  ownerUrl: string;
  /** For the application: may do what the owner grants. */
  applicationUrl: string;
  /** Gives the server up and, where nobody else uses it, stops it and waits until it is gone. */
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  dataDir: string;
  log: (message: string, details?: Record<string, unknown>) => void;
  /** Tests only: false is quicker and may lose everything in a crash. */
  fsync?: boolean;
}

/**
 * Starts, or joins, the PostgreSQL server of a data directory. Throws EmbeddedDatabaseError (embedded-error.ts),
 * whose message is one line that says what is wrong and what to do.
 */
export async function openEmbeddedDatabase(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const place = await preparePlace(options.dataDir);
  const attachOptions = { fsync: options.fsync ?? true, preferredPort: null, log: options.log };
  const attachment = await attach(place, attachOptions);
  const { port, secrets } = attachment;
  return {
    ownerUrl: urlOf(OWNER_ROLE, secrets.owner, port),
    applicationUrl: urlOf(APPLICATION_ROLE, secrets.application, port),
    close: hold(place, attachment, attachOptions),
  };
}

/** `sslmode` is said so that PGSSLMODE of the environment cannot ask for what the server does not offer. */
const urlOf = (role: string, password: string, port: number): string =>
  `postgresql://${role}:${password}@127.0.0.1:${port}/${DATABASE}?sslmode=disable`;

/** Stays present until the answered function is called, also when the server crashes in between. */
function hold(place: Place, first: Attachment, options: AttachOptions): () => Promise<void> {
  let current: Promise<Attachment | null> = Promise.resolve(first);
  let closing: Promise<void> | undefined;
  const watch = (attachment: Attachment): Attachment => {
    attachment.presence.onLost(() => {
      if (closing === undefined) {
        current = regain(place, first.port, options).then((next) => next && watch(next));
      }
    });
    return attachment;
  };
  watch(first);
  return () =>
    (closing ??= current.then((attachment) => (attachment === null ? undefined : giveUp(place, attachment))));
}

/** On the same port as before, since its address is in use all over the process. */
async function regain(place: Place, port: number, options: AttachOptions): Promise<Attachment | null> {
  options.log("Lost the embedded database, joining it again", { log: place.log });
  try {
    const next = await attach(place, { ...options, preferredPort: port });
    if (next.port !== port) {
      options.log("The embedded database has another port now: restart Vestibule", { port: next.port });
    }
    return next;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    options.log("The embedded database is lost: mend it and restart Vestibule", { reason });
    return null;
  }
}
