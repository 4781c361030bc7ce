import cluster, { type Worker } from "node:cluster";
import { stopwatch } from "../../kernel/clock.ts";
import { readySchema, type ToProcess } from "./group-message.ts";
import type { ProcessShare } from "./process-share.ts";

/** The environment variable by which a process knows its number; not a setting, because the primary alone says it. */
export const SHARE_VARIABLE = "SERVER_PROCESS";

/** How a process ended. */
export interface Exit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** One process of a server, as the primary sees it. */
export class GroupProcess {
  readonly number: number;
  /** What it greets with when it serves; null when it ended before. */
  readonly ready: Promise<string | null>;
  readonly ended: Promise<Exit>;
  readonly #worker: Worker;
  readonly #began = stopwatch();
  #state: "starting" | "serving" | "leaving" | "ended" = "starting";

  private constructor(number: number, worker: Worker) {
    this.number = number;
    this.#worker = worker;
    this.ended = new Promise((resolve) => {
      worker.once("exit", (exitCode, signal) => {
        resolve({ exitCode, signal });
      });
      // It could not even be started: the machine has no memory or no process id left.
      worker.once("error", () => {
        resolve({ exitCode: null, signal: null });
      });
    });
    this.ready = Promise.race([this.#greeting(), this.ended.then(() => null)]);
    void this.ended.then(() => {
      this.#state = "ended";
    });
  }

  /** Starts the program of this process once more, with the same arguments and environment. */
  static fork({ number, of }: ProcessShare): GroupProcess {
    return new GroupProcess(number, cluster.fork({ [SHARE_VARIABLE]: `${String(number)}/${String(of)}` }));
  }

  get pid(): number {
    return this.#worker.process.pid ?? 0;
  }

  /** Whether it serves, and goes on. */
  get isServing(): boolean {
    return this.#state === "serving";
  }

  /** Whether its end is what was asked for. */
  get isLeaving(): boolean {
    return this.#state === "leaving";
  }

  get livedMs(): number {
    return stopwatch() - this.#began;
  }

  /** Asks it to end, as `message` says. */
  leave(message: ToProcess): void {
    if (this.#state !== "ended") {
      this.#state = "leaving";
    }
    this.tell(message);
  }

  tell(message: ToProcess): void {
    if (this.#worker.isConnected()) {
      // It may end at this very moment.
      this.#worker.process.send(message, () => undefined);
    }
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#worker.on("message", listener);
  }

  kill(): void {
    this.#worker.process.kill("SIGKILL");
  }

  #greeting(): Promise<string> {
    return new Promise((resolve) => {
      this.#worker.on("message", (message: unknown) => {
        const said = readySchema.safeParse(message);
        if (said.success && this.#state === "starting") {
          this.#state = "serving";
          resolve(said.data.greeting);
        }
      });
    });
  }
}
