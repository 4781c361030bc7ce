import { constants } from "node:fs";
import { open, readFile, rename, stat, type FileHandle } from "node:fs/promises";
import { fileFault } from "./embedded-error.ts";
import { giveToOwner, type Place } from "./embedded-place.ts";

const MAX_BYTES = 10 * 1024 * 1024;

export interface LogFile {
  handle: FileHandle;
  /** What was written since it was opened. */
  readNew(): Promise<string>;
}

/** Opens PostgreSQL's log for appending; a large one becomes postgresql.log.1 and a new one begins. */
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

/** As root in somebody's directory we must not follow a link of his to where he may not write. */
function openFlags(): number {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
  return O_APPEND | O_CREAT | O_RDWR | (process.platform === "win32" ? 0 : O_NOFOLLOW);
}

async function readFrom(path: string, start: number): Promise<string> {
  const content = await readFile(path).catch(() => Buffer.alloc(0));
  return content.subarray(start).toString("utf8");
}
