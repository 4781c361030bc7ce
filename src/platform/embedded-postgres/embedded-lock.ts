import { open, readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { codeOf } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/random.ts";
import { EmbeddedDatabaseError, fileFault } from "./embedded-error.ts";
import type { Place } from "./embedded-place.ts";
import { startIdentityOf, isRunning, nameOf } from "./embedded-process.ts";

const POLL_MS = 50;
/** Five minutes: as long as a first start or a recovery after a crash may take on a slow disk. */
const MAX_POLLS = 6000;
/** Half a second: a lock file is empty until it is written, or forever if its creator died before. */
const MAX_EMPTY_READS = 10;

const Holder = z.object({ pid: z.number(), birth: z.string().nullable(), token: z.string() });
type Holder = z.infer<typeof Holder>;

/** Locks of this process. Any other lock with our pid is left over from an earlier process. */
const ownTokens = new Set<string>();

/**
 * Lets one process at a time create or start the database of a data directory. The lock only avoids errors; it does not protect the
 * data, because PostgreSQL itself refuses a second server and a complete cluster is never replaced.
 */
export async function withStartLock<T>(
  place: Place,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const token = randomToken(9);
  ownTokens.add(token);
  try {
    await acquire(place, { pid: process.pid, birth: await startIdentityOf(process.pid), token }, signal);
    try {
      return await work();
    } finally {
      await release(place, token);
    }
  } finally {
    ownTokens.delete(token);
  }
}

async function acquire(place: Place, holder: Holder, signal?: AbortSignal): Promise<void> {
  let emptyReads = 0;
  for (let attempt = 0; attempt < MAX_POLLS; attempt += 1) {
    if (await create(place, holder)) {
      return;
    }
    const content = await readContent(place);
    const other = parse(content);
    emptyReads = content !== null && other === null ? emptyReads + 1 : 0;
    if (emptyReads >= MAX_EMPTY_READS || (other !== null && (await isAbandoned(other)))) {
      await removeUnchanged(place, content);
    } else {
      await sleep(POLL_MS, undefined, { signal });
    }
  }
  const pid = parse(await readContent(place))?.pid ?? "unknown";
  throw new EmbeddedDatabaseError(
    `Another process (number ${pid}) has been starting the database in ${place.dataDir} for minutes: end it, ` +
      `or remove ${place.lock} if that process is not Vestibule.`,
  );
}

async function create(place: Place, holder: Holder): Promise<boolean> {
  try {
    // World-readable, so that the owner can check a lock that root has left. The directory keeps other users out.
    await using file = await open(place.lock, "wx", 0o644);
    await file.writeFile(JSON.stringify(holder)).catch(async (error: unknown) => {
      await rm(place.lock, { force: true });
      throw error;
    });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") {
      return false;
    }
    throw fileFault(`The data directory ${place.dataDir} is not writable`, error);
  }
}

const readContent = (place: Place): Promise<string | null> => readFile(place.lock, "utf8").catch(() => null);

function parse(content: string | null): Holder | null {
  try {
    return Holder.parse(JSON.parse(content ?? ""));
  } catch {
    return null;
  }
}

async function isAbandoned({ pid, birth, token }: Holder): Promise<boolean> {
  if (pid === process.pid) {
    return !ownTokens.has(token);
  }
  if (!(await isRunning(pid))) {
    return true;
  }
  const birthNow = await startIdentityOf(pid);
  if (birth !== null && birthNow !== null) {
    return birth !== birthNow;
  }
  const name = await nameOf(pid);
  return name !== null && name !== (await nameOf(process.pid));
}

/** Checks again right before removing, so as not to remove a new lock that another process has just created. */
async function removeUnchanged(place: Place, content: string | null): Promise<void> {
  if ((await readContent(place)) === content) {
    await rm(place.lock, { force: true });
  }
}

async function release(place: Place, token: string): Promise<void> {
  if (parse(await readContent(place))?.token === token) {
    await rm(place.lock, { force: true });
  }
}
