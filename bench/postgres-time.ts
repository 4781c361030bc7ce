import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The kernel counts in hundredths of a second (`getconf CLK_TCK`, the same on every Linux that Node runs on). */
const TICK_MS = 10;

/**
 * Processor time of an embedded PostgreSQL with all its processes so far, in milliseconds; null where the system
 * has no /proc to read it from.
 */
export function postgresTime(dataDir: string): number | null {
  if (process.platform !== "linux") {
    return null;
  }
  const [postmaster = ""] = readFileSync(join(dataDir, "postgresql/postmaster.pid"), "utf8").split("\n");
  const times = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => timeOf(pid, postmaster));
  return times.reduce((sum, time) => sum + time, 0) * TICK_MS;
}

/** Processor time of a process in milliseconds; null where the system has no /proc. */
export function processTime(pid: number): number | null {
  const columns = statOf(String(pid));
  return columns.length === 0 ? null : (Number(columns[14 - 3]) + Number(columns[15 - 3])) * TICK_MS;
}

/** Columns of proc_pid_stat(5): 4 parent, 14 and 15 own time, 16 and 17 that of children which have ended. */
function timeOf(pid: string, postmaster: string): number {
  const columns = statOf(pid);
  const number = (column: number) => Number(columns[column - 3]);
  if (pid === postmaster) {
    return number(14) + number(15) + number(16) + number(17);
  }
  return columns[1] === postmaster ? number(14) + number(15) : 0;
}

/** Columns from the third one on; the second is a name that may hold blanks. None for a process that has ended. */
function statOf(pid: string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}
