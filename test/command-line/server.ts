import type { ChildProcess } from "node:child_process";
import { startProgram, type Environment } from "./installation.ts";

/** A started server, what it has said so far, and its end. */
export interface Server {
  readonly child: ChildProcess;
  said(): string;
  readonly ended: Promise<number | null>;
}

/** Starts one, or another verb that goes on, and waits until it says `word`. */
export async function startServer(
  environment: Environment,
  words: readonly string[],
  word: string,
  verb = "start",
): Promise<Server> {
  const child = startProgram(environment, [verb, ...words]);
  let said = "";
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(word)) {
        resolve();
      }
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    void ended.then(() => {
      reject(new Error(`It ended: ${said}`));
    });
  });
  return { child, said: () => said, ended };
}
