import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { codeOf } from "../../kernel/errors.ts";

/** What the operating system tells about processes that are not ours to ask. */

/** A dead process that nobody has waited for, common in containers, exists but does not run. */
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
    // EPERM: there is one, of somebody else.
    return codeOf(error) === "EPERM";
  }
}

/**
 * Tells a process from a later one with the same number: system start and ticks since then. `null` where unknown
 * (not Linux, or another user's process that is hidden from us).
 */
export async function startIdentityOf(pid: number): Promise<string | null> {
  const status = await readStatus(pid);
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  return status === null ? null : `${boot.trim()}/${status.startTicks}`;
}

/**
 * Is that process the PostgreSQL server of this cluster? On other systems than Linux only its name can be seen, so
 * a PostgreSQL server of somebody else stays "unknown".
 */
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

/** Compares the directories themselves, not their names: a bind mount gives one directory two names. */
async function worksIn(pid: number, cluster: string): Promise<"yes" | "no" | "unknown"> {
  const here = await stat(cluster).catch(() => null);
  const there = await stat(`/proc/${pid}/cwd`).catch(() => null);
  if (here !== null && there !== null) {
    return here.dev === there.dev && here.ino === there.ino ? "yes" : "no";
  }
  // We may not look. PostgreSQL insists on owning its cluster, so another account means another cluster. Root, as
  // whom it never runs, stands in /proc for "not to be looked into".
  const owner = await stat(`/proc/${pid}`).catch(() => null);
  return here !== null && owner !== null && [0, here.uid].includes(owner.uid) ? "unknown" : "no";
}

/** The program's name without path and ".exe"; `null` where it cannot be seen. */
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

/** proc(5): the name, in brackets, may itself hold brackets and blanks, so count from the last bracket. */
async function readStatus(pid: number): Promise<Status | null> {
  const line = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const [state, ...rest] = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const startTicks = rest[18];
  return state === undefined || startTicks === undefined ? null : { state, startTicks };
}
