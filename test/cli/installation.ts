import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { runProgram as run } from "../../src/cli/program.ts";
import { freshDatabase, type FreshDatabase } from "../support/database.ts";
import { freePort } from "../support/free-port.ts";
import { useResource } from "../support/suite-resource.ts";

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

export type Environment = Readonly<Record<string, string>>;

/** What the operator who types commands has set up. */
export interface Installation {
  readonly environment: Environment;
  readonly directory: string;
  readonly database: FreshDatabase;
  /** Types a command; `typed` goes to its standard input. */
  run(words: readonly string[], typed?: string | Buffer): Promise<Ended>;
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

/** What goes on until it is stopped listens to signals and ends its process: that must be one of its own. */
const LONG_RUNNING: ReadonlySet<string | undefined> = new Set(["start", "worker"]);

/**
 * Types a command in this process: a new process for each would be most of what these tests take. process.test.ts
 * shows that both do the same.
 */
export async function runProgram(
  environment: Environment,
  words: readonly string[],
  typed: string | Buffer = "",
): Promise<Ended> {
  if (LONG_RUNNING.has(words[0])) {
    throw new Error(`Use runProcess for "vestibule ${words.join(" ")}".`);
  }
  const [output, errorOutput] = [new Kept(), new Kept()];
  const input = Readable.from(typed.length === 0 ? [] : [Buffer.from(typed)]);
  const code = await run(words, { environment, input, output, errorOutput });
  return { code, out: output.text(), error: errorOutput.text() };
}

/** Keeps what is written to it. */
class Kept extends Writable {
  readonly #pieces: Buffer[] = [];

  override _write(piece: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#pieces.push(piece);
    done();
  }

  text(): string {
    return Buffer.concat(this.#pieces).toString();
  }
}

/** Runs the program as a process, to its end. */
export async function runProcess(
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

/** As it was written: `text` would swallow the mark at the beginning of a file for spreadsheets. */
const read = async (stream: ChildProcess["stdout"]): Promise<string> =>
  stream === null ? "" : (await buffer(stream)).toString();

/** An installation for the tests of one suite. Call it inside `describe`. */
export function useInstallation(): Installation {
  return useResource(newInstallation, (here) => here.remove());
}

/** A database and a data directory of its own, without demo. */
async function newInstallation(): Promise<Installation> {
  const database = await freshDatabase();
  const directory = mkdtempSync(join(tmpdir(), "vestibule-command-line-"));
  const environment = {
    PORT: String(await freePort()),
    DATABASE_URL: database.url,
    VESTIBULE_DATABASE_OWNER_URL: database.ownerUrl,
    VESTIBULE_DATA_DIR: directory,
    VESTIBULE_DEMO: "no",
  };
  return {
    environment,
    directory,
    database,
    run: (words, typed) => runProgram(environment, words, typed),
    ask: async (words, typed) => {
      const { code, out, error } = await runProgram(environment, [...words, "--json"], typed);
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
