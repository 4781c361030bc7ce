import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { codeOf } from "../../kernel/errors.ts";
import type { Account } from "./embedded-account.ts";
import { MAY_NOT_ACT_FOR_OTHERS } from "./embedded-error.ts";
import { isRoot } from "./embedded-place.ts";

interface CommandResult {
  succeeded: boolean;
  output: string;
}

interface CommandOptions {
  /** Working directory. It is entered before the account changes, so the account need not have access to its parents. */
  cwd: string;
  account: Account | null;
  /** File descriptor for standard input. */
  stdin?: number;
  /** For a program that starts a server: on Windows the server would keep our pipe open forever. */
  discardsOutput?: boolean;
}

/**
 * Not our own environment: it contains secrets, which every process of the same account can read. The shell that initdb starts its
 * helpers with needs PATH.
 */
const ENVIRONMENT: Record<string, string> = {
  LC_ALL: "C",
  TZ: "UTC",
  ...(process.platform === "win32" ? {} : { PATH: "/usr/bin:/bin" }),
};

/**
 * The data directory argument for PostgreSQL. For root on Linux it is "/proc/self/cwd": the other account may not be allowed to
 * enter the parent directories (such as /root), so a path would fail; but a working directory that root has entered stays usable,
 * and this link does not go through a parent. "." would fail, because PostgreSQL makes it absolute first.
 */
export function clusterArgument(cluster: string, account: Account | null): string {
  return process.platform === "linux" && account !== null ? "/proc/self/cwd" : cluster;
}

/** Runs a program until it ends; never rejects. */
export async function runCommand(
  file: string,
  args: string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const { promise, resolve } = Promise.withResolvers<CommandResult>();
  const output: string[] = [];
  try {
    const sink = options.discardsOutput === true ? "ignore" : "pipe";
    const child = spawnCommand(file, args, { ...options, stdio: [options.stdin ?? "ignore", sink, sink] });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => output.push(text));
    }
    child.once("error", (error) => resolve(notStarted(file, error)));
    child.once("close", (code) => resolve({ succeeded: code === 0, output: output.join("") }));
  } catch (error) {
    // Node throws when this process may not change the account (a container without the capability).
    resolve(notStarted(file, error));
  }
  return promise;
}

/**
 * The child gets its own process group, so that Ctrl-C reaches only Vestibule, which then stops everything in order. On Windows a
 * hidden console does the same; a detached child would open a window there.
 */
export function spawnCommand(
  file: string,
  args: string[],
  { cwd, account, stdio }: CommandOptions & { stdio: StdioOptions },
): ChildProcess {
  const identity = account === null ? {} : { uid: account.uid, gid: account.gid };
  const detached = process.platform !== "win32";
  return spawn(file, args, { cwd, env: ENVIRONMENT, stdio, detached, windowsHide: true, ...identity });
}

/** The result for a program that did not start. EPERM for root means a container that may not change the account. */
export function notStarted(file: string, error: unknown): CommandResult {
  const code = codeOf(error) ?? String(error);
  const hint = isRoot() && code === "EPERM" ? `; ${MAY_NOT_ACT_FOR_OTHERS}` : "";
  return { succeeded: false, output: `error: ${file} cannot be started (${code}${hint})` };
}
