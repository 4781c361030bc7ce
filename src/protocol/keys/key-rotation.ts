import type { AuditStore } from "../../domain/audit/audit-store.ts";
import type { Log } from "../../kernel/log.ts";
import { repeat, type Repeated } from "../../kernel/repeat.ts";
import type { RunningKeys } from "./running-keys.ts";
import type { SigningKeys } from "./signing-keys.ts";

interface Deps {
  readonly running: RunningKeys;
  readonly keys: SigningKeys;
  readonly audit: AuditStore;
  readonly log: Log;
  /** How long a key signs before the schedule replaces it. */
  readonly days: number;
}

const TICK_MS = 1_000;
const READ_EVERY_TICKS = 5;
const ROTATE_EVERY_TICKS = 600;

/**
 * Keeps the keys of the running server in step with the database. Every process reads the same rows with the same
 * times, so all of them publish a key long before any of them signs with it, and none needs a restart. `rotateDue` of `signing-keys.ts` decides
 * when a key is replaced.
 */
export class KeyRotation {
  readonly #deps: Deps;
  #ticks = 0;
  #turns: Repeated | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  start(): void {
    this.#turns = repeat(
      TICK_MS,
      () => this.#tick(),
      (error) => {
        this.#deps.log.warn({ error }, "the signing keys could not be read and will be tried again");
      },
    );
  }

  async stop(): Promise<void> {
    await this.#turns?.stop();
  }

  async #tick(): Promise<void> {
    const { running, keys, days, audit } = this.#deps;
    this.#ticks += 1;
    if (this.#ticks % ROTATE_EVERY_TICKS === 0) {
      await keys.rotateDue(days, (tx) =>
        audit.add(tx, { type: "signing-key.rotated", outcome: "ok", officeId: null, actor: "vestibule" }),
      );
    }
    if (this.#ticks % READ_EVERY_TICKS === 0) {
      await running.read();
    }
    running.apply();
  }
}
