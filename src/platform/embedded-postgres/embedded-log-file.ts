import { constants } from "node:fs";
import { open, readFile, rename, stat, type FileHandle } from "node:fs/promises";
import { fileFault } from "./embedded-error.ts";
import { giveToOwner, type Place } from "./embedded-place.ts";

const MAX_BYTES = 10 * 1024 * 1024;

export interface LogFile {
  handle: FileHandle;
  /** What was written since the file was opened. */
  readNew(): Promise<string>;
}

/** Opens PostgreSQL's log for appending. Renames a large log to postgresql.log.1 first. */
export async function openLogFile(place: Place): Promise<LogFile> {
  try {
    const size = await stat(place.log).then(
      (file) => file.size,
      () => 0,
    );
    if (size > MAX_BYTES) {
      await rename(place.log, `${place.log}.1`);
    }
    const handle = await open(place.log, openFlags(), 0o600);
    await giveToOwner(handle, place);
    const start = (await handle.stat()).size;
    return { handle, readNew: () => readFrom(place.log, start) };
  } catch (error) {
    throw fileFault(`${place.log} cannot be written`, error);
  }
}

/** Prevents a symlink attack: root must not follow a link in another user's directory. */
function openFlags(): number {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
  return O_APPEND | O_CREAT | O_RDWR | (process.platform === "win32" ? 0 : O_NOFOLLOW);
}

async function readFrom(path: string, start: number): Promise<string> {
  const content = await readFile(path).catch(() => Buffer.alloc(0));
  return content.subarray(start).toString("utf8");
}
