import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { codeOf } from "../../kernel/errors.ts";

/** Reads the state of other processes from the operating system. */

/** A zombie process, common in containers, exists but does not run. */
export async function isRunning(pid: number): Promise<boolean> {
  return exists(pid) && (await readStatus(pid))?.state !== "Z";
}

export function exists(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists, but belongs to another user.
    return codeOf(error) === "EPERM";
  }
}

/**
 * Distinguishes a process from a later one with the same pid: the boot id, and the start time in ticks since boot. Null if unknown
 * (not Linux, or a hidden process of another user).
 */
export async function startIdentityOf(pid: number): Promise<string | null> {
  const status = await readStatus(pid);
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  return status === null ? null : `${boot.trim()}/${status.startTicks}`;
}

/** Whether a process is the PostgreSQL server of this cluster. Outside Linux only its name is visible, so any PostgreSQL server is "unknown". */
export async function isServerOf(pid: number, cluster: string): Promise<"yes" | "no" | "unknown"> {
  if (!(await isRunning(pid))) {
    return "no";
  }
  const name = await nameOf(pid);
  if (name !== null && name !== "postgres") {
    return "no";
  }
  return process.platform === "linux" ? worksIn(pid, cluster) : "unknown";
}

/** Compares device and inode instead of paths: with a bind mount, one directory has two paths. */
async function worksIn(pid: number, cluster: string): Promise<"yes" | "no" | "unknown"> {
  const here = await stat(cluster).catch(() => null);
  const there = await stat(`/proc/${pid}/cwd`).catch(() => null);
  if (here !== null && there !== null) {
    return here.dev === there.dev && here.ino === there.ino ? "yes" : "no";
  }
  // No permission. PostgreSQL must own its cluster, so a process of another account is not this server. In /proc, root as
  // owner means that the process is hidden; PostgreSQL never runs as root.
  const owner = await stat(`/proc/${pid}`).catch(() => null);
  return here !== null && owner !== null && [0, here.uid].includes(owner.uid) ? "unknown" : "no";
}

/** The program's name without path and ".exe"; null if it is not visible. */
export async function nameOf(pid: number): Promise<string | null> {
  if (process.platform === "linux") {
    return readFile(`/proc/${pid}/comm`, "utf8").then(
      (name) => name.trim(),
      () => null,
    );
  }
  const [file, args] =
    process.platform === "win32"
      ? ["tasklist", ["/FI", `PID eq ${pid}`, "/FO", "CSV", "/NH"]]
      : ["ps", ["-o", "comm=", "-p", String(pid)]];
  const printed = await promisify(execFile)(file, args, { windowsHide: true }).then(
    ({ stdout }) => stdout,
    () => "",
  );
  return /(?:^|[/\\"])([^/\\"]+?)(?:\.exe)?(?:"|\s*$)/.exec(printed.trim())?.[1] ?? null;
}

interface Status {
  state: string;
  startTicks: string;
}

/** proc(5): the name is in brackets and may itself contain brackets and spaces, so fields count from the last bracket. */
async function readStatus(pid: number): Promise<Status | null> {
  const line = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const [state, ...rest] = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const startTicks = rest[18];
  return state === undefined || startTicks === undefined ? null : { state, startTicks };
}
