import { spawn } from "node:child_process";
import { once } from "node:events";
import { eventually } from "../../support/eventually.ts";

/** A client's process. */
export interface Program {
  said(): string;
  /** Waits for output that matches; throws with the last lines when the program ends before. */
  says(pattern: RegExp, seconds?: number): Promise<RegExpExecArray>;
  ended(): Promise<number | null>;
  stop(): Promise<void>;
}

export interface Start {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The end of what a program has said: the reason comes last. */
export const lastLines = (text: string, count = 15): string =>
  text.trim().split("\n").slice(-count).join("\n");

/** Starts a program in a process group of its own, so that what it starts itself ends with it. */
export function startProgram(
  [file = "", ...args]: readonly string[],
  { cwd, environment }: Start = {},
): Program {
  const child = spawn(file, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  let failure = "";
  const closed = once(child, "close").catch((error: unknown) => (failure = String(error)));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  }
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null || failure !== "";
  return {
    said: () => output,
    says: async (pattern, seconds = 60) => {
      const look = () => Promise.resolve(pattern.exec(output));
      await eventually(look, (found) => found !== null || hasEnded(), { seconds }).catch(() => null);
      const found = pattern.exec(output);
      if (found === null) {
        throw new Error(`${file} did not say ${String(pattern)}: ${failure}${lastLines(output)}`);
      }
      return found;
    },
    ended: async () => {
      await closed;
      return child.exitCode;
    },
    stop: async () => {
      if (!hasEnded() && child.pid !== undefined) {
        process.kill(-child.pid, "SIGTERM");
      }
      await closed;
    },
  };
}
