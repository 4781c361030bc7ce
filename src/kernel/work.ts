/** Runs the work, and may do something before and after it. */
export type WorkWatcher<T> = <R>(details: T, work: () => Promise<R>) => Promise<R>;

/** Work of one kind that takes time, such as a statement or a hash. Without a watcher it is run as it is. */
export class Work<T> {
  #watchers: readonly WorkWatcher<T>[] = [];

  get isWatched(): boolean {
    return this.#watchers.length > 0;
  }

  run<R>(details: T, work: () => Promise<R>): Promise<R> {
    return this.#watchers.length === 0
      ? work()
      : this.#watchers.reduceRight((inner, watcher) => () => watcher(details, inner), work)();
  }

  /** Runs work through the watcher from now on. Returns what ends that. */
  watch(watcher: WorkWatcher<T>): () => void {
    this.#watchers = [...this.#watchers, watcher];
    return () => {
      this.#watchers = this.#watchers.filter((one) => one !== watcher);
    };
  }
}
