import { setTimeout } from "node:timers";
import { codeOf } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";

type Work = () => Promise<unknown>;

interface Deferred {
  readonly what: string;
  readonly work: Work;
  readonly since: number;
}

/** Milliseconds between two looks at what is owed; the last one stays. */
const PAUSES_MS = [200, 500, 1_000, 2_000, 5_000];
/** What a database has not taken for so long is given up, and said in the log. */
const GIVEN_UP_AFTER_MS = 60 * 60 * 1_000;
/** Far more than a server judges in an outage, since it needs the database to begin with. */
const MAX_DEFERRED = 10_000;

/**
 * What has to be written although the database is failing just now, such as a try that is given back: it is done as
 * soon as the database is there again. It lives in this process; each piece of work has to bear being done twice.
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

  /** Does the work now, or else later. Never throws: the caller has a fault of its own to tell. */
  async settle(what: string, work: Work): Promise<void> {
    if (this.#deferred.length > 0) {
      // It failed a moment ago; the request that waits here has waited long enough.
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

  /** Does the work now. Throws when it fails, and then does it later all the same. */
  async require(what: string, work: Work): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#defer({ what, work, since: performance.now() });
      throw error;
    }
  }

  /** Tries everything once more, and leaves. */
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

  /** In order, until one fails: the others would fail as well, each after its own wait. */
  async #tryAll(): Promise<void> {
    for (let next = this.#deferred[0]; next !== undefined; next = this.#deferred[0]) {
      if (!(await this.#isFinished(next))) {
        return;
      }
      this.#deferred.shift();
    }
  }

  /** Whether it is done, or will never be. */
  async #isFinished({ what, work, since }: Deferred): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      // Class 22, 23 and 42: the database is there and will not take it.
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
