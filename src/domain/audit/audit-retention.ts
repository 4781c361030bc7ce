import { daysAfter, now } from "../../kernel/clock.ts";
import type { AuditSealStore } from "./audit-seal-store.ts";

interface Parts {
  readonly seals: Pick<AuditSealStore, "prune">;
  /** How long events are kept at least. */
  readonly days: number;
}

/** Many at once, for the same reason. */
const BATCH = 20_000;

/** Removes events whose time is over, whole months at a time: each removal is an event itself, and those should be few. */
export class AuditRetention {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Events of before this may go. */
  get before(): Date {
    const { days } = this.#parts;
    const last = daysAfter(now(), -days);
    return new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth()));
  }

  /** Removes some events of one chain; answers how many. */
  prune(): Promise<number> {
    return this.#parts.seals.prune({ before: this.before, days: this.#parts.days }, BATCH);
  }
}
