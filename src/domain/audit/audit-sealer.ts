import type { Log } from "../../kernel/log.ts";
import { repeat, type Repeated } from "../../kernel/repeat.ts";
import type { AuditSealStore } from "./audit-seal-store.ts";

/** How long an event may be written and not yet be part of its chain. */
const EVERY_MS = 2_000;
const BATCH = 1_000;

/**
 * Seals the events committed since the last time, and once more when the server stops. Every server process has one:
 * the first to reach a chain seals it, and the others skip it.
 */
export class AuditSealer {
  readonly #store: Pick<AuditSealStore, "seal">;
  readonly #log: Log;
  #rounds: Repeated | null = null;

  constructor(store: Pick<AuditSealStore, "seal">, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  start(): void {
    this.#rounds = repeat(EVERY_MS, () => this.#round(), this.#failed);
  }

  async stop(): Promise<void> {
    await this.#rounds?.stop();
    await this.#round().catch(this.#failed);
  }

  async #round(): Promise<void> {
    while ((await this.#store.seal(BATCH)) > 0);
  }

  readonly #failed = (error: unknown): void => {
    this.#log.warn({ error }, "audit events were not sealed and will be later");
  };
}
