import { AgingCopies } from "../../kernel/aging-copies.ts";
import { stopwatch } from "../../kernel/clock.ts";
import { CONFIRMED_MS, type Announcements } from "./announcements.ts";

/** The most copies, far more than an installation has applications; and for how long each is used, should an announcement be lost. */
const LIMITS = { most: 10_000, ageMs: 60_000 };

/** Every copy. */
export const ALL = Symbol("all");

/** Copies in memory of what a database has. Announcements keep them current in every server process. */
export class AnnouncedCopies<Value> {
  readonly #announcements: Announcements;
  readonly #copies = new AgingCopies<Value>(LIMITS);
  /** What this process has announced and not heard yet, and when: it sees its own changes at once. */
  readonly #expected = new Map<string, number>();

  /** `keyOf`: the key of the copy that an announcement concerns; null for none. */
  constructor(announcements: Announcements, keyOf: (what: string) => string | typeof ALL | null) {
    this.#announcements = announcements;
    announcements.follow({
      heard: (what) => {
        const key = keyOf(what);
        if (key === ALL) {
          this.#copies.forgetAll();
        } else if (key !== null) {
          this.#copies.forget(key);
          this.#expected.delete(key);
        }
      },
      expect: (what) => {
        const key = keyOf(what);
        if (typeof key === "string" && announcements.generation() !== null) {
          this.#expected.set(key, stopwatch());
        }
      },
      forgetAll: () => {
        this.#copies.forgetAll();
      },
    });
  }

  /** A copy, or what `find` reads. What `isKept` denies is read again each time. */
  async read(
    key: string,
    find: () => Promise<Value>,
    isKept: (value: Value) => boolean = () => true,
  ): Promise<Value> {
    const generation = this.#isExpected(key) ? null : this.#announcements.generation();
    const copy = generation === null ? undefined : this.#copies.get(key);
    if (copy !== undefined) {
      return copy;
    }
    const value = await find();
    if (generation !== null && generation === this.#announcements.generation() && isKept(value)) {
      this.#copies.keep(key, value);
    }
    return value;
  }

  /** An announcement that was rolled back is never heard. */
  #isExpected(key: string): boolean {
    const since = this.#expected.get(key);
    if (since === undefined) {
      return false;
    }
    if (stopwatch() - since <= CONFIRMED_MS) {
      return true;
    }
    this.#copies.forget(key);
    this.#expected.delete(key);
    return false;
  }
}
