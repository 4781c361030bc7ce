import { daysAfter, now } from "../../kernel/clock.ts";
import type { AuditSealStore } from "./audit-seal-store.ts";

interface Deps {
  readonly seals: Pick<AuditSealStore, "prune">;
  /** How long events are kept at least. */
  readonly days: number;
}

/** Many at once, for the same reason. */
const BATCH = 20_000;

/** Removes events whose time is over, whole months at a time: each removal is an event itself, and those should be few. */
export class AuditRetention {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Events of before this may go. */
  get before(): Date {
    const { days } = this.#deps;
    const last = daysAfter(now(), -days);
    return new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth()));
  }

  /** Removes some events of one chain; answers how many. */
  prune(): Promise<number> {
    return this.#deps.seals.prune({ before: this.before, days: this.#deps.days }, BATCH);
  }
}
