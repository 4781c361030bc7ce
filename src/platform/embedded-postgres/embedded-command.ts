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
  /** Working directory. It is entered before the account changes, so it may lie below a closed directory. */
  cwd: string;
  account: Account | null;
  /** Open file that becomes the standard input. */
  stdin?: number;
  /** For a program that leaves a server behind: on Windows that would hold our pipe open for ever. */
  discardsOutput?: boolean;
}

/**
 * Deliberately not our own environment: it holds secrets, and every process of the same account may read it.
 * PATH is for the shell by which initdb starts its helpers.
 */
const ENVIRONMENT: Record<string, string> = {
  LC_ALL: "C",
  TZ: "UTC",
  ...(process.platform === "win32" ? {} : { PATH: "/usr/bin:/bin" }),
};

/**
 * How PostgreSQL is told its data directory. As root on Linux that is "/proc/self/cwd": the other account may have
 * no right to pass the directories above (/root, or our data directory itself), so no path would do; but a working
 * directory that root has entered stays usable, and this link leads there without touching a parent. A plain "."
 * would not do: PostgreSQL makes it absolute first. Each forked backend has its own link, to the same place.
 */
export function clusterArgument(cluster: string, account: Account | null): string {
  return process.platform === "linux" && account !== null ? "/proc/self/cwd" : cluster;
}

/** Runs a program to its end; never rejects. */
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
    // Node throws at once where the account may not be changed (a container without that capability).
    resolve(notStarted(file, error));
  }
  return promise;
}

/**
 * A group of its own, so that Ctrl-C in the terminal reaches only Vestibule, which then closes in the right order.
 * On Windows the hidden console does the same; a detached child would open a window there.
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

/** As an outcome. EPERM for root: a container without the capabilities to change the account. */
export function notStarted(file: string, error: unknown): CommandResult {
  const code = codeOf(error) ?? String(error);
  const hint = isRoot() && code === "EPERM" ? `; ${MAY_NOT_ACT_FOR_OTHERS}` : "";
  return { succeeded: false, output: `error: ${file} cannot be started (${code}${hint})` };
}
