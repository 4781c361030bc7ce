import { setTimeout as sleep } from "node:timers/promises";
import { chooseAccount } from "./embedded-account.ts";
import { findBinaries } from "./embedded-binaries.ts";
import { hasCluster, makeCluster } from "./embedded-cluster.ts";
import { EmbeddedDatabaseError } from "./embedded-error.ts";
import { withStartLock } from "./embedded-lock.ts";
import { readServerState, removeMisleadingPidFile } from "./embedded-pid-file.ts";
import type { Place } from "./embedded-place.ts";
import { isTemporary, takePresence, type Presence } from "./embedded-presence.ts";
import { findOrAddSecrets, getSecrets, type Secrets } from "./embedded-secrets.ts";
import { setUp } from "./embedded-set-up.ts";
import { startServer, type StartOptions } from "./embedded-start.ts";
import { stopServer } from "./embedded-stop.ts";

const POLL_MS = 50;
/** Five minutes: a start, recovery or shutdown by another process may take that long on a slow disk. */
const MAX_POLLS = 6000;

export interface AttachOptions extends Omit<StartOptions, "binaries" | "account"> {
  log: (message: string, details?: Record<string, unknown>) => void;
}

/** A running server that this process has joined. */
export interface Attachment {
  /** The server's process. */
  pid: number;
  port: number;
  secrets: Secrets;
  presence: Presence;
}

/**
 * Joins the server of the data directory, and starts it first if necessary. Only a successful join counts: it proves that the server
 * accepts our password, and keeps it running. A race with another process (its shutdown, crash or start) leads to another round.
 */
export async function attach(place: Place, options: AttachOptions): Promise<Attachment> {
  let isStartedByUs = false;
  const { signal } = options;
  for (let round = 0; round < MAX_POLLS; round += 1) {
    // A server that this process has started is joined first, otherwise no process would stop it.
    const stopping = isStartedByUs ? undefined : signal;
    stopping?.throwIfAborted();
    // Checked first in each round, so that a cluster of another version is never touched.
    const attachment = (await hasCluster(place)) ? await join(place, isStartedByUs) : null;
    if (attachment !== null) {
      return await unlessAborted(place, attachment, signal);
    }
    if (await isBusy(place)) {
      await sleep(POLL_MS, undefined, { signal: stopping });
    } else {
      isStartedByUs = await withStartLock(place, () => start(place, options), signal);
    }
  }
  throw new EmbeddedDatabaseError(
    `The PostgreSQL server that seems to run in ${place.cluster} cannot be joined: see ${place.log} and stop it; if ` +
      `the process in ${place.cluster}/postmaster.pid is not that server, remove that file.`,
  );
}

async function unlessAborted(
  place: Place,
  attachment: Attachment,
  signal: AbortSignal | undefined,
): Promise<Attachment> {
  if (signal?.aborted) {
    await detach(place, attachment);
    signal.throwIfAborted();
  }
  return attachment;
}

/** `isStartedByUs`: this process started the server, so it has to stop it when joining fails. */
async function join(place: Place, isStartedByUs: boolean): Promise<Attachment | null> {
  const state = await readServerState(place);
  if (state.type !== "running" || !state.isReady) {
    return null;
  }
  const secrets = await getSecrets(place);
  const presence = await takePresence(place, state.port, secrets).catch(async (error: unknown) => {
    await (isStartedByUs ? stopServer(place, state.pid) : undefined);
    throw error;
  });
  return presence && complete(place, { pid: state.pid, port: state.port, secrets, presence });
}

async function complete(place: Place, attachment: Attachment): Promise<Attachment | null> {
  const { port, secrets, presence } = attachment;
  try {
    await setUp(presence.client, port, secrets);
    return attachment;
  } catch (error) {
    await detach(place, attachment);
    if (isTemporary(error)) {
      return null;
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedDatabaseError(
      `The database in ${place.cluster} cannot be set up (${reason}); see ${place.log}.`,
      { cause: error },
    );
  }
}

/** The last process to leave stops the server. */
export async function detach(place: Place, { pid, presence }: Attachment): Promise<void> {
  try {
    if (await presence.leave()) {
      await stopServer(place, pid);
    }
  } finally {
    await presence.end();
  }
}

/** A server that is running but cannot be joined is starting or stopping. */
const isBusy = async (place: Place): Promise<boolean> => (await readServerState(place)).type === "running";

/** Runs under the start lock and checks the state again. Returns false when the previous holder of the lock has started the server. */
async function start(place: Place, options: AttachOptions): Promise<boolean> {
  const { fsync, log } = options;
  const isNew = !(await hasCluster(place));
  if (!isNew && (await isBusy(place))) {
    return false;
  }
  const account = await chooseAccount(place);
  const binaries = await findBinaries(place, account);
  const secrets = isNew ? await findOrAddSecrets(place) : await getSecrets(place);
  if (isNew) {
    log("Making the embedded database", { directory: place.cluster });
    await makeCluster(place, { binaries, account, secrets, fsync });
  }
  await removeMisleadingPidFile(place);
  await startServer(place, { ...options, binaries, account });
  log("Started the embedded database", { directory: place.cluster, runsAs: account?.name ?? "this user" });
  return true;
}
