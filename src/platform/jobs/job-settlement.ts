import type { JobStore, RunJob } from "./job-store.ts";

/** Records how jobs ended. What ends while a statement is on its way goes with the next one, so a full queue costs few statements. */
export class JobSettlement {
  readonly #store: Pick<JobStore, "settle">;
  #batch: RunJob[] = [];
  #next: Promise<void> = Promise.resolve();
  #previous: Promise<unknown> = Promise.resolve();

  constructor(store: Pick<JobStore, "settle">) {
    this.#store = store;
  }

  /** Rejects when it could not be recorded; the job is then run again when its claim ends. */
  settle(run: RunJob): Promise<void> {
    this.#batch.push(run);
    if (this.#batch.length === 1) {
      this.#next = this.#previous.then(() => this.#store.settle(this.#batch.splice(0)));
      this.#previous = this.#next.catch(() => undefined);
    }
    return this.#next;
  }
}
