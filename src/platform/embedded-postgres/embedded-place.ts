import { mkdir, open, realpath, stat, type FileHandle } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileFault } from "./embedded-error.ts";

/** The files of one embedded database. */
export interface Place {
  dataDir: string;
  cluster: string;
  secrets: string;
  log: string;
  lock: string;
  /** Set when root works in another user's directory; new files then belong to that user. */
  owner: Owner | null;
}

interface Owner {
  uid: number;
  gid: number;
}

export const isRoot = (): boolean => process.getuid?.() === 0;

/** Creates the data directory if it is missing, accessible to its owner only. */
export async function preparePlace(dataDir: string): Promise<Place> {
  const wanted = resolve(dataDir);
  try {
    await mkdir(wanted, { recursive: true, mode: directoryMode() });
    const real = await realpath(wanted);
    const { uid, gid } = await stat(real);
    return { ...pathsIn(real), owner: isRoot() && uid !== 0 ? { uid, gid } : null };
  } catch (error) {
    throw fileFault(`The data directory ${wanted} cannot be made or entered`, error);
  }
}

/** Keeps the directory usable for its owner after root has started Vestibule there once. */
export async function giveToOwner(handle: FileHandle, place: Place): Promise<void> {
  if (place.owner !== null) {
    await handle.chown(place.owner.uid, place.owner.gid);
  }
}

/** Makes new and renamed files in a directory survive a power cut. Windows has no such call and needs none. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") {
    return;
  }
  await using handle = await open(path, "r");
  await handle.sync();
}

/** The file with the passwords of the embedded database. */
export const passwordsFileIn = (dataDir: string): string => join(dataDir, "postgresql-secrets.json");

const pathsIn = (dataDir: string): Omit<Place, "owner"> => ({
  dataDir,
  cluster: join(dataDir, "postgresql"),
  secrets: passwordsFileIn(dataDir),
  log: join(dataDir, "postgresql.log"),
  lock: join(dataDir, "postgresql.lock"),
});

/**
 * Outside Linux a closed parent directory cannot be bypassed (see `clusterArgument`): when root starts PostgreSQL under another
 * account, that account must be able to enter the directory, though not to list it.
 */
function directoryMode(): number {
  return isRoot() && process.platform !== "linux" ? 0o711 : 0o700;
}
