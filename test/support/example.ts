import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { COMPILED } from "./compile-cache.ts";

/** An example in a process of its own, as a developer starts it. */
export interface Example {
  /** Waits for a line of its output that matches. */
  says(line: RegExp): Promise<RegExpExecArray>;
  /** Waits until it has ended by itself; answers its exit code. */
  ended(): Promise<number | null>;
  stop(): Promise<void>;
}

/** Starts `examples/<file>` with these settings. */
export const startExample = (file: string, settings: Readonly<Record<string, string>>): Example =>
  startProgram([process.execPath, placeOf(`examples/${file}`)], settings);

/** Where a file of the project lies. */
export const placeOf = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

/** Starts a program with its arguments, and no environment but `settings`. */
export function startProgram(
  [program = "", ...args]: readonly string[],
  settings: Readonly<Record<string, string>>,
): Example {
  const child = spawn(program, args, {
    env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: COMPILED, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = once(child, "exit");
  let out = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => (out += text));
  }
  return {
    says: async (line) => {
      for (;;) {
        const found = line.exec(out);
        if (found !== null) {
          return found;
        }
        await Promise.race([once(child.stdout, "data"), exit]);
        if (hasEnded(child) && !line.test(out)) {
          throw new Error(`${[program, ...args].join(" ")} ended without it: ${out}`);
        }
      }
    },
    ended: async () => {
      await exit;
      return child.exitCode;
    },
    stop: async () => {
      if (!hasEnded(child)) {
        child.kill("SIGTERM");
        await exit;
      }
    },
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;
