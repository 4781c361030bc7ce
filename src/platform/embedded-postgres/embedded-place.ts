import { mkdir, open, realpath, stat, type FileHandle } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileFault } from "./embedded-error.ts";

/** Where everything of one embedded database lies. */
export interface Place {
  dataDir: string;
  cluster: string;
  secrets: string;
  log: string;
  lock: string;
  /** Set when root works in a directory of somebody else, to whom new files then belong. */
  owner: Owner | null;
}

interface Owner {
  uid: number;
  gid: number;
}

export const isRoot = (): boolean => process.getuid?.() === 0;

/** Makes the data directory where it is missing, open to nobody but its owner. */
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

/** Without it, an ordinary user could no longer use the directory once root has started Vestibule there. */
export async function giveToOwner(handle: FileHandle, place: Place): Promise<void> {
  if (place.owner !== null) {
    await handle.chown(place.owner.uid, place.owner.gid);
  }
}

/** Makes names in a directory survive a power cut; Windows has no such call and needs none. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") {
    return;
  }
  await using handle = await open(path, "r");
  await handle.sync();
}

/** Where the passwords of the embedded database are. */
export const passwordsFileIn = (dataDir: string): string => join(dataDir, "postgresql-secrets.json");

const pathsIn = (dataDir: string): Omit<Place, "owner"> => ({
  dataDir,
  cluster: join(dataDir, "postgresql"),
  secrets: passwordsFileIn(dataDir),
  log: join(dataDir, "postgresql.log"),
  lock: join(dataDir, "postgresql.lock"),
});

/**
 * Outside Linux there is no way around a closed parent directory (see embedded-command.ts): the account that
 * PostgreSQL runs under when we are root must be able to pass, though not to look around.
 */
function directoryMode(): number {
  return isRoot() && process.platform !== "linux" ? 0o711 : 0o700;
}
