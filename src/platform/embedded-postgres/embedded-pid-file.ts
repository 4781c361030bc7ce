import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Place } from "./embedded-place.ts";
import { exists, isServerOf } from "./embedded-process.ts";

/**
 * What PostgreSQL's own postmaster.pid says, checked against the processes that really run. Nobody can see the
 * processes of another container: containers must not share a data directory, as with any PostgreSQL.
 */
export type ServerState =
  | { type: "running"; pid: number; port: number; isReady: boolean }
  /** No file, or one whose process is gone: PostgreSQL removes it itself when it starts. */
  | { type: "absent" }
  /** A file that names a process which has nothing to do with this cluster: PostgreSQL would refuse to start. */
  | { type: "misleading" };

export async function readServerState(place: Place): Promise<ServerState> {
  const lines = (await readFile(pidFile(place), "utf8").catch(() => "")).split(/\r?\n/);
  // A negative number is that of a single-user server.
  const pid = Math.abs(Number(lines[0]));
  if (!exists(pid)) {
    return { type: "absent" };
  }
  if ((await isServerOf(pid, place.cluster)) === "no") {
    return { type: "misleading" };
  }
  return { type: "running", pid, port: Number(lines[3]), isReady: lines[7]?.trim() === "ready" };
}

/** Only after a look at the process; PostgreSQL's shared memory still keeps a second server out. */
export async function removeMisleadingPidFile(place: Place): Promise<void> {
  if ((await readServerState(place)).type === "misleading") {
    await rm(pidFile(place), { force: true });
  }
}

export async function hasPidFile(place: Place): Promise<boolean> {
  return readFile(pidFile(place)).then(
    () => true,
    () => false,
  );
}

const pidFile = (place: Place): string => join(place.cluster, "postmaster.pid");
