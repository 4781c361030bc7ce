import { setTimeout } from "node:timers";
import { codeOf } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";

type Work = () => Promise<unknown>;

interface Deferred {
  readonly what: string;
  readonly work: Work;
  readonly since: number;
}

/** Delays between retries in milliseconds; the last value repeats. */
const PAUSES_MS = [200, 500, 1_000, 2_000, 5_000];
/** After this time work is dropped and logged. */
const GIVEN_UP_AFTER_MS = 60 * 60 * 1_000;
/** More than can arise in an outage, because checking a try needs the database first. */
const MAX_DEFERRED = 10_000;

/**
 * Retries writes that failed because the database is down, such as giving back a try, until it is up again. Keeps them in memory only.
 * The work must be idempotent.
 */
export class OwedWork {
  readonly #log: Log;
  readonly #pauses: readonly number[];
  #deferred: Deferred[] = [];
  #timer: NodeJS.Timeout | null = null;
  #round = 0;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(log: Log, pausesMs: readonly number[] = PAUSES_MS) {
    this.#log = log;
    this.#pauses = pausesMs;
  }

  /** Runs the work now, or retries it later. Never throws, because the caller already reports an error of its own. */
  async runOrDefer(what: string, work: Work): Promise<void> {
    if (this.#deferred.length > 0) {
      // The database failed a moment ago: do not let this request wait for another timeout.
      this.#defer({ what, work, since: performance.now() });
      return;
    }
    try {
      await work();
    } catch (error) {
      this.#log.warn({ error, what }, "the database did not take this; it is tried again");
      this.#defer({ what, work, since: performance.now() });
    }
  }

  /** Runs the work now. When it fails, throws and still retries it later. */
  async require(what: string, work: Work): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#defer({ what, work, since: performance.now() });
      throw error;
    }
  }

  /** Tries everything once more, then stops. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
    }
    await this.#running;
    await this.#tryAll();
    for (const { what } of this.#deferred) {
      this.#log.error({ what }, "the database never took this before the process ended");
    }
  }

  #defer(owed: Deferred): void {
    if (this.#deferred.length >= MAX_DEFERRED) {
      this.#log.error({ what: owed.what }, "too much waits for the database; this is given up");
      return;
    }
    this.#deferred.push(owed);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#timer !== null || this.#isStopped) {
      return;
    }
    const pause = this.#pauses[Math.min(this.#round, this.#pauses.length - 1)] ?? 1_000;
    this.#round += 1;
    this.#timer = setTimeout(() => {
      this.#running = this.#tryAll().then(() => {
        this.#timer = null;
        if (this.#deferred.length > 0) {
          this.#schedule();
        } else {
          this.#round = 0;
        }
      });
    }, pause);
    this.#timer.unref();
  }

  /** Stops at the first failure: the others would fail too, each after a timeout. */
  async #tryAll(): Promise<void> {
    for (let next = this.#deferred[0]; next !== undefined; next = this.#deferred[0]) {
      if (!(await this.#isFinished(next))) {
        return;
      }
      this.#deferred.shift();
    }
  }

  /** Whether the work is done or dropped. */
  async #isFinished({ what, work, since }: Deferred): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      // Classes 22, 23 and 42: the database is up and rejects the data or the statement.
      const isHopeless = /^(22|23|42)/.test(codeOf(error) ?? "");
      if (!isHopeless && performance.now() - since < GIVEN_UP_AFTER_MS) {
        this.#log.debug({ error, what }, "the database does not take this yet");
        return false;
      }
      this.#log.error({ error, what }, "the database never took this; it is given up");
      return true;
    }
  }
}
