interface Kept<Value> {
  readonly value: Value;
  readonly until: number;
}

export interface BoundedMapLimits {
  /** How many entries are kept; one more pushes the oldest out. */
  readonly capacity: number;
  readonly lifetimeMs: number;
}

/**
 * A map in memory that cannot grow without end: entries live for a fixed time and the oldest make room for
 * new ones. A real application keeps its sessions in a store that survives a restart.
 */
export class BoundedMap<Value> {
  // A Map keeps the order of insertion, and all entries live equally long: the first one is always the
  // oldest.
  readonly #entries = new Map<string, Kept<Value>>();
  readonly #limits: BoundedMapLimits;

  constructor(limits: BoundedMapLimits) {
    this.#limits = limits;
  }

  put(key: string, value: Value): void {
    this.#entries.delete(key);
    this.#makeRoom();
    this.#entries.set(key, { value, until: Date.now() + this.#limits.lifetimeMs });
  }

  find(key: string): Value | undefined {
    const kept = this.#entries.get(key);
    return kept && kept.until > Date.now() ? kept.value : undefined;
  }

  /** Finds and removes in one go: what is taken cannot be used a second time. */
  take(key: string): Value | undefined {
    const value = this.find(key);
    this.#entries.delete(key);
    return value;
  }

  remove(key: string): void {
    this.#entries.delete(key);
  }

  /** Removes all entries that match and says how many there were. */
  removeWhere(matches: (value: Value) => boolean): number {
    const found = [...this.#entries].filter(([, kept]) => matches(kept.value));
    for (const [key] of found) this.#entries.delete(key);
    return found.length;
  }

  #makeRoom(): void {
    for (const [key, kept] of this.#entries) {
      if (kept.until > Date.now() && this.#entries.size < this.#limits.capacity) return;
      this.#entries.delete(key);
    }
  }
}
