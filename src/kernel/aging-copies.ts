import { stopwatch } from "./clock.ts";

interface Copy<Value> {
  readonly value: Value;
  readonly readAt: number;
}

/** Copies in memory of what a database has, each used for a limited time, and at most so many. */
export class AgingCopies<Value> {
  readonly #copies = new Map<string, Copy<Value>>();
  readonly #limits: { readonly most: number; readonly ageMs: number };

  constructor(limits: { readonly most: number; readonly ageMs: number }) {
    this.#limits = limits;
  }

  /** Undefined for what was never kept, or is too old. */
  get(key: string): Value | undefined {
    const copy = this.#copies.get(key);
    return copy === undefined || this.#isOld(copy) ? undefined : copy.value;
  }

  /** Keeps a value that was just read; nothing when there are as many as there may be. */
  keep(key: string, value: Value): void {
    this.#copies.delete(key);
    this.#forgetOld();
    if (this.#copies.size < this.#limits.most) {
      this.#copies.set(key, { value, readAt: stopwatch() });
    }
  }

  forget(key: string): void {
    this.#copies.delete(key);
  }

  forgetAll(): void {
    this.#copies.clear();
  }

  /** They are in the order in which they were read. */
  #forgetOld(): void {
    for (const [key, copy] of this.#copies) {
      if (!this.#isOld(copy)) {
        return;
      }
      this.#copies.delete(key);
    }
  }

  #isOld({ readAt }: Copy<Value>): boolean {
    return stopwatch() - readAt > this.#limits.ageMs;
  }
}
