import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Place } from "./embedded-place.ts";
import { exists, isServerOf } from "./embedded-process.ts";

/**
 * The state in PostgreSQL's postmaster.pid, checked against the running processes. The processes of another container are invisible,
 * so containers must not share a data directory, as with any PostgreSQL.
 */
export type ServerState =
  | { type: "running"; pid: number; port: number; isReady: boolean }
  /** No file, or its process has ended: then PostgreSQL removes the file when it starts. */
  | { type: "absent" }
  /** The file names a process of another program, which has reused the pid: PostgreSQL would refuse to start. */
  | { type: "misleading" };

export async function readServerState(place: Place): Promise<ServerState> {
  const lines = (await readFile(pidFile(place), "utf8").catch(() => "")).split(/\r?\n/);
  // A negative pid means a single-user server.
  const pid = Math.abs(Number(lines[0]));
  if (!exists(pid)) {
    return { type: "absent" };
  }
  if ((await isServerOf(pid, place.cluster)) === "no") {
    return { type: "misleading" };
  }
  return { type: "running", pid, port: Number(lines[3]), isReady: lines[7]?.trim() === "ready" };
}

/** Safe even if the check was wrong: PostgreSQL's shared memory also prevents a second server. */
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
