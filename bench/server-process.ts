import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import type { z } from "zod";
import { Connection } from "./connection.ts";
import type { Question } from "./messages.ts";

const PATIENCE_MS = 60_000;

/** As bin/vestibule.js runs a server. The rival gets the same, so that only what each of them does is compared. */
const AS_SERVER = {
  flags: ["--expose-gc", "--import", new URL("../bin/plain-sources.js", import.meta.url).href],
  environment: {
    MALLOC_ARENA_MAX: "1",
    MALLOC_MMAP_THRESHOLD_: "33554432",
    MALLOC_TRIM_THRESHOLD_: "134217728",
  },
};

export interface ServerOptions {
  readonly name: string;
  /** File of this folder. */
  readonly file: string;
  readonly port: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly arguments?: readonly string[];
}

/** A server in a process of its own, as the bench sees it. */
export class ServerProcess implements AsyncDisposable {
  readonly name: string;
  readonly port: number;
  readonly #child: ChildProcess;
  /** Milliseconds from the start of the process to its first answer. */
  readonly startedIn: number;

  private constructor(options: ServerOptions, child: ChildProcess, startedIn: number) {
    this.name = options.name;
    this.port = options.port;
    this.#child = child;
    this.startedIn = startedIn;
  }

  /** Starts the process and waits for its first answer. */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const began = performance.now();
    const child = fork(fileURLToPath(new URL(options.file, import.meta.url)), options.arguments ?? [], {
      env: { ...inherited(), ...AS_SERVER.environment, ...options.environment, PORT: String(options.port) },
      execArgv: [...process.execArgv, ...AS_SERVER.flags],
    });
    while (!(await answers(options.port))) {
      if (child.exitCode !== null) {
        throw new Error(`${options.name} ended before its first answer.`);
      }
      if (performance.now() - began > PATIENCE_MS) {
        child.kill();
        throw new Error(`${options.name} did not answer in time.`);
      }
      await wait(5);
    }
    return new ServerProcess(options, child, performance.now() - began);
  }

  async ask<T>(question: Question, schema: z.ZodType<T>): Promise<T> {
    const answered = new AbortController();
    const { signal } = answered;
    const answer: Promise<unknown[]> = once(this.#child, "message", { signal });
    const death: Promise<unknown[]> = once(this.#child, "exit", { signal });
    this.#child.send({ question });
    const [message] = await Promise.race([answer, death.then(() => [])]);
    answered.abort();
    await Promise.allSettled([answer, death]);
    if (message === undefined) {
      throw new Error(`${this.name} ended when it was asked: ${question}.`);
    }
    return schema.parse(message);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exit = once(this.#child, "exit");
      this.#child.send({ question: "stop" satisfies Question });
      await exit;
    }
  }
}

/** Settings of the user who starts the bench are not part of what is measured. */
function inherited(): Record<string, string | undefined> {
  const names = Object.keys(process.env).filter(
    (name) => !/^(VESTIBULE_|DATABASE_URL$|PG|NODE_ENV$)/.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

async function answers(port: number): Promise<boolean> {
  const connection = new Connection(port);
  try {
    const { status } = await connection.send(
      "GET /.well-known/openid-configuration HTTP/1.1\r\nHost: bench.example\r\nX-Forwarded-Proto: https",
    );
    return status === 200;
  } catch {
    return false;
  } finally {
    connection.close();
  }
}
