/** How many refusals are logged and kept in a minute. Every refusal can be caused by strangers, who know the client ids of applications or make them up. */
const LIMITS = { application: 10, all: 100 } as const;
const WINDOW_MS = 60_000;

/**
 * Which refusals an operator and a developer are bothered with: of each application some different ones a minute, each once, and
 * not too many in all. In memory, for this process; it holds no more than the limit of all.
 */
export class RefusalBudget {
  readonly #seen = new Set<string>();
  readonly #ofApplication = new Map<string, number>();
  #windowEnds = 0;

  /** `application`: the client id, or an empty text. `at`: monotonic milliseconds. Returns whether it is to be noted. */
  take(application: string, what: string, at: number): boolean {
    if (at >= this.#windowEnds) {
      this.#windowEnds = at + WINDOW_MS;
      this.#seen.clear();
      this.#ofApplication.clear();
    }
    const used = this.#ofApplication.get(application) ?? 0;
    const key = `${application} ${what}`;
    if (this.#seen.has(key) || used >= LIMITS.application || this.#seen.size >= LIMITS.all) {
      return false;
    }
    this.#seen.add(key);
    this.#ofApplication.set(application, used + 1);
    return true;
  }
}
