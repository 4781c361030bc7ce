import { daysAfter, now } from "../../kernel/clock.ts";
import type { AuditSealStore } from "./audit-seal-store.ts";

interface Deps {
  readonly seals: Pick<AuditSealStore, "prune">;
  /** The minimum number of days that events are kept. */
  readonly days: number;
}

/** Large, because each batch is an audit event itself. */
const BATCH = 20_000;

/** Removes expired events, whole months at a time: each removal is an event itself, and there should be few of those. */
export class AuditRetention {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Events before this moment may be removed. */
  get before(): Date {
    const { days } = this.#deps;
    const last = daysAfter(now(), -days);
    return new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth()));
  }

  /** Removes some events of one chain; returns how many. */
  prune(): Promise<number> {
    return this.#deps.seals.prune({ before: this.before, days: this.#deps.days }, BATCH);
  }
}
