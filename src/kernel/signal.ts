/**
 * Something that happens at one place and is counted elsewhere. Without a watcher it costs one comparison, so what is not measured
 * costs nothing. A watcher that fails must not hurt what it watches.
 */
export class Signal<T> {
  #watchers: readonly ((event: T) => void)[] = [];

  get isWatched(): boolean {
    return this.#watchers.length > 0;
  }

  emit(event: T): void {
    for (const watcher of this.#watchers) {
      try {
        watcher(event);
      } catch {
        // What is measured goes on unmeasured.
      }
    }
  }

  /** Calls the watcher from now on. Returns what ends that. */
  watch(watcher: (event: T) => void): () => void {
    this.#watchers = [...this.#watchers, watcher];
    return () => {
      this.#watchers = this.#watchers.filter((one) => one !== watcher);
    };
  }
}

/** A number, or several, that can be read at any time as long as its source lives. */
export class Readings<T> {
  readonly #sources = new Set<() => T>();

  /** Returns what takes the source away again. */
  add(source: () => T): () => void {
    this.#sources.add(source);
    return () => this.#sources.delete(source);
  }

  read(): T[] {
    return [...this.#sources].map((source) => source());
  }
}
