import { setInterval } from "node:timers";
import type { Log } from "../../kernel/log.ts";
import type { ProcessStore } from "./process-store.ts";
import type { ProcessFacts } from "./running-process.ts";

interface Deps {
  readonly store: Pick<ProcessStore, "beat" | "remove">;
  readonly facts: ProcessFacts;
  /** Milliseconds by which this process is ahead of the database's clock. */
  readonly clockOffMs: () => number;
  readonly log: Log;
}

const EVERY_MS = 15_000;

/** Reports every 15 seconds that this process runs, and removes its row at the end. */
export class Heartbeat {
  readonly #deps: Deps;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Writes the first heartbeat before the process serves anything. Throws the database's error. */
  async start(): Promise<void> {
    await this.#beat();
    this.#timer = setInterval(() => {
      this.#running = this.#running
        .then(() => this.#beat())
        .catch((error: unknown) => {
          this.#deps.log.warn({ error }, "this process could not say that it runs and will try again");
        });
    }, EVERY_MS);
    this.#timer.unref();
  }

  /** Never throws: if the row cannot be removed, it expires. */
  async stop(): Promise<void> {
    if (this.#timer !== null) {
      clearInterval(this.#timer);
    }
    await this.#running;
    await this.#deps.store.remove(this.#deps.facts.id).catch(() => undefined);
  }

  #beat(): Promise<void> {
    return this.#deps.store.beat(this.#deps.facts, this.#deps.clockOffMs());
  }
}
