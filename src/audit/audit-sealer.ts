import { setInterval } from "node:timers";
import { codeOf } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { AuditSealStore } from "./audit-seal-store.ts";

/** The window in which an event is written and not yet part of its chain. */
const EVERY_MS = 2_000;
const BATCH = 1_000;

/**
 * Seals what was committed since the last time, and once more when the server stops. Every server process has one:
 * each chain is sealed by whichever comes first, the others pass it by.
 */
export class AuditSealer {
  readonly #store: Pick<AuditSealStore, "seal">;
  readonly #log: Log;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #isIdle = true;

  constructor(store: Pick<AuditSealStore, "seal">, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#isIdle) {
        this.#running = this.#round();
      }
    }, EVERY_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) {
      clearInterval(this.#timer);
    }
    await this.#running;
    await this.#round();
  }

  async #round(): Promise<void> {
    this.#isIdle = false;
    try {
      while ((await this.#store.seal(BATCH)) > 0);
    } catch (error) {
      this.#log.warn({ error, code: codeOf(error) }, "audit events were not sealed and will be later");
    } finally {
      this.#isIdle = true;
    }
  }
}
