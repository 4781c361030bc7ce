import { Worker } from "node:worker_threads";
import { PageError } from "../../kernel/errors.ts";

/** What the thread estimates. `known`: words that an attacker would try first. */
export interface Estimate {
  readonly password: string;
  readonly known: readonly string[];
}

interface Task extends Estimate {
  readonly resolve: (score: number) => void;
  readonly reject: (error: unknown) => void;
}

interface Limits {
  /** Estimates that may wait; one more is refused. */
  readonly queue: number;
  /** How long one may take, in milliseconds; the first one also loads the word lists. */
  readonly timeoutMs: number;
  /** What the thread runs. */
  readonly script: URL;
}

const LIMITS: Limits = {
  queue: 20,
  timeoutMs: 10_000,
  script: new URL("./strength-worker.ts", import.meta.url),
};

/**
 * Estimates passwords in a thread of its own, one after another. On the main thread one estimate would stop every other request
 * for a tenth of a second and more. The thread starts with the first estimate, and ends with the process: it keeps no process
 * running while nothing is asked of it.
 */
export class StrengthThread {
  readonly #limits: Limits;
  readonly #waiting: Task[] = [];
  #worker: Worker | null = null;
  #running: { readonly task: Task; readonly timer: NodeJS.Timeout } | null = null;

  constructor(limits: Partial<Limits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** From 0, guessed at once, to 4. Throws PageError "busy" when too many wait or this one takes too long. */
  estimate(asked: Estimate): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= this.#limits.queue) {
        reject(busy());
        return;
      }
      this.#waiting.push({ ...asked, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#running !== null) {
      return;
    }
    const task = this.#waiting.shift();
    if (task === undefined) {
      this.#worker?.unref();
      return;
    }
    const worker = (this.#worker ??= this.#start());
    worker.ref();
    const timer = setTimeout(() => {
      this.#replace(worker, busy());
    }, this.#limits.timeoutMs);
    this.#running = { task, timer };
    const { password, known } = task;
    worker.postMessage({ password, known } satisfies Estimate);
  }

  /** The thread gets nothing of this process: no environment, no flags. */
  #start(): Worker {
    const worker = new Worker(this.#limits.script, { env: {}, execArgv: [] });
    worker.on("message", (score: number) => {
      // A thread that was given up may still answer; its answer is of an earlier task.
      if (this.#worker === worker) {
        this.#settle(({ resolve }) => {
          resolve(score);
        });
      }
    });
    worker.on("error", (error) => {
      this.#replace(worker, error);
    });
    worker.on("exit", () => {
      this.#replace(worker, new Error("The thread that estimates passwords has ended."));
    });
    return worker;
  }

  /** Gives up the thread, and what it was doing. The next estimate gets a new one. */
  #replace(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) {
      return;
    }
    this.#worker = null;
    void worker.terminate();
    this.#settle(({ reject }) => {
      reject(error);
    });
  }

  #settle(answer: (task: Task) => void): void {
    const running = this.#running;
    this.#running = null;
    if (running !== null) {
      clearTimeout(running.timer);
      answer(running.task);
    }
    this.#next();
  }
}

const busy = () => new PageError("busy", { retryAfter: 5 });
