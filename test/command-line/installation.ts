import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { freshDatabase, type FreshDatabase } from "../support/database.ts";
import { freePort } from "../support/vestibule.ts";

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

export type Environment = Readonly<Record<string, string>>;

/** What somebody set up who types commands. */
export interface Installation {
  readonly environment: Environment;
  readonly directory: string;
  readonly database: FreshDatabase;
  /** Types a command; `typed` goes to its standard input. */
  run(words: readonly string[], typed?: string): Promise<Ended>;
  /** Types a command with `--json` that must work; answers what it printed. */
  ask(words: readonly string[], typed?: string): Promise<Record<string, unknown>>;
  remove(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("../../bin/vestibule.js", import.meta.url));

/** The program as a process of its own, with no environment but what is given. */
export function startProgram(environment: Environment, words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...words], {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** Runs the program to its end. */
export async function runProgram(
  environment: Environment,
  words: readonly string[],
  typed = "",
): Promise<Ended> {
  const child = startProgram(environment, words);
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  // A command that reads nothing may be gone before it is written to.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(typed);
  const [out, error, code] = await Promise.all([read(child.stdout), read(child.stderr), closed]);
  return { code, out, error };
}

const read = (stream: ChildProcess["stdout"]): Promise<string> =>
  stream === null ? Promise.resolve("") : text(stream);

/** A database and a data directory of its own, without demo. */
export async function newInstallation(): Promise<Installation> {
  const database = await freshDatabase();
  const directory = mkdtempSync(join(tmpdir(), "vestibule-command-line-"));
  const environment = {
    PORT: String(await freePort()),
    DATABASE_URL: database.url,
    VESTIBULE_DATABASE_OWNER_URL: database.ownerUrl,
    VESTIBULE_DATA_DIR: directory,
    VESTIBULE_DEMO: "no",
  };
  const run = (words: readonly string[], typed?: string) => runProgram(environment, words, typed);
  return {
    environment,
    directory,
    database,
    run,
    ask: async (words, typed) => {
      const { code, out, error } = await run([...words, "--json"], typed);
      if (code !== 0) {
        throw new Error(`vestibule ${words.join(" ")} ended with ${String(code)}: ${error}`);
      }
      return JSON.parse(out) as Record<string, unknown>;
    },
    remove: async () => {
      await database.drop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
