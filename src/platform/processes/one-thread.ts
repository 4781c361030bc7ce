import { Worker } from "node:worker_threads";
import { PageError } from "../../kernel/errors.ts";

interface Task<Asked, Answer> {
  readonly asked: Asked;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export interface ThreadLimits {
  /** Tasks that may wait; one more is refused. */
  readonly queue: number;
  /** How long one may take, in milliseconds; the first one also loads what the thread needs. */
  readonly timeoutMs: number;
  /** What the thread runs: it answers each message with one. */
  readonly script: URL;
}

/**
 * Runs slow synchronous work in a thread of its own, one task after another. The thread starts with the first task, and ends with
 * the process: it keeps no process running while nothing is asked of it.
 */
export class OneThread<Asked, Answer> {
  readonly #limits: ThreadLimits;
  readonly #waiting: Task<Asked, Answer>[] = [];
  #worker: Worker | null = null;
  #running: { readonly task: Task<Asked, Answer>; readonly timer: NodeJS.Timeout } | null = null;

  constructor(limits: ThreadLimits) {
    this.#limits = limits;
  }

  /** Throws PageError "busy" when too many wait or this one takes too long. */
  ask(asked: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= this.#limits.queue) {
        reject(busy());
        return;
      }
      this.#waiting.push({ asked, resolve, reject });
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
    worker.postMessage(task.asked);
  }

  /** The thread gets nothing of this process: no environment, no flags. */
  #start(): Worker {
    const worker = new Worker(this.#limits.script, { env: {}, execArgv: [] });
    worker.on("message", (answer: Answer) => {
      // A thread that was given up may still answer; its answer is of an earlier task.
      if (this.#worker === worker) {
        this.#settle(({ resolve }) => {
          resolve(answer);
        });
      }
    });
    worker.on("error", (error) => {
      this.#replace(worker, error);
    });
    worker.on("exit", () => {
      this.#replace(worker, new Error("The thread has ended in the middle of its work."));
    });
    return worker;
  }

  /** Gives up the thread, and what it was doing. The next task gets a new one. */
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

  #settle(answer: (task: Task<Asked, Answer>) => void): void {
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
