import { setInterval } from "node:timers";
import type { Queryable } from "../database/database.ts";
import type { Log } from "../../kernel/log.ts";
import { isWrong, MACHINE, readClock, type ClockReading, type ClockSource } from "./clock-reading.ts";

/**
 * The processes of an installation: this folder compares their clocks with the database's, keeps the list of servers and
 * workers that run, and starts several processes on one port (process-group.ts). It knows no office and no user. Start at `ClockWatch`: a process with a wrong clock would end valid sessions
 * and accept expired ones.
 */

/** Something that runs until it is stopped. */
export interface Stoppable {
  /** Returns false when it interrupted work. */
  stop(): Promise<unknown>;
}

interface Deps {
  readonly database: Queryable;
  readonly log: Log;
  readonly source?: ClockSource;
}

/** Interval for comparing the machine's two clocks, which shows a clock that was set. */
const LOOK_EVERY_MS = 1_000;
const READ_EVERY_MS = 15_000;
const LOG_EVERY_MS = 60_000;

/** More than network time adjusts a clock between two checks. */
const JUMP_MS = 2_000;

interface Follower {
  readonly begin: () => Promise<Stoppable> | Stoppable;
  running: Stoppable | null;
}

/**
 * Compares the clock of this machine with the database's every 15 seconds, and immediately when it was set. Code that depends on
 * the time asks `isRight`, or runs by `whileRight`.
 */
export class ClockWatch {
  readonly #database: Queryable;
  readonly #log: Log;
  readonly #source: ClockSource;
  readonly #followers = new Set<Follower>();
  #timer: NodeJS.Timeout | null = null;
  #reading: (ClockReading & { readonly time: number; readonly steady: number }) | null = null;
  #checking: Promise<void> | null = null;
  #following: Promise<void> = Promise.resolve();
  #isRight = false;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor({ database, log, source = MACHINE }: Deps) {
    this.#database = database;
    this.#log = log;
    this.#source = source;
  }

  /** Milliseconds by which this process was ahead of the database at the last comparison. */
  get offsetMs(): number {
    return this.#reading?.offsetMs ?? 0;
  }

  /** Whether the clocks of this process and of the database agree within 30 seconds. */
  async isRight(): Promise<boolean> {
    if (this.#reading === null || this.#hasJumped(this.#reading)) {
      await this.#check();
    }
    return this.#isRight;
  }

  start(): void {
    this.#timer = setInterval(() => {
      const age = this.#source.monotonic() - (this.#reading?.steady ?? Number.NEGATIVE_INFINITY);
      if (age >= READ_EVERY_MS || (this.#reading !== null && this.#hasJumped(this.#reading))) {
        void this.#check();
      }
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) {
      clearInterval(this.#timer);
    }
    await this.#checking;
    await this.#following;
  }

  /** Starts something while the clock is correct, stops it while it is wrong, and starts it again. Throws the error of the first `begin`. */
  async whileRight(begin: Follower["begin"]): Promise<Stoppable> {
    const follower: Follower = { begin, running: (await this.isRight()) ? await begin() : null };
    this.#followers.add(follower);
    return {
      stop: async () => {
        this.#followers.delete(follower);
        await this.#following;
        return follower.running?.stop();
      },
    };
  }

  /** The wall clock moved differently from the monotonic clock. A suspended machine looks the same; the comparison with the database decides. */
  #hasJumped({ time, steady }: { readonly time: number; readonly steady: number }): boolean {
    const moved = this.#source.time().getTime() - time - (this.#source.monotonic() - steady);
    return Math.abs(moved) > JUMP_MS;
  }

  /** Concurrent requests share one comparison. */
  #check(): Promise<void> {
    this.#checking ??= this.#compare().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  async #compare(): Promise<void> {
    try {
      const reading = await readClock(this.#database, this.#source);
      this.#reading = {
        ...reading,
        time: this.#source.time().getTime(),
        steady: this.#source.monotonic(),
      };
      this.#isRight = !isWrong(reading);
      this.#logChange(reading);
    } catch (error) {
      // Without an answer the previous result holds, unless the clock was set in the meantime.
      this.#isRight &&= this.#reading !== null && !this.#hasJumped(this.#reading);
      this.#log.debug({ error }, "the clock could not be compared with the database's");
    }
    this.#following = this.#following.then(() => this.#updateFollowers());
  }

  #logChange({ offsetMs }: ClockReading): void {
    const now = this.#source.monotonic();
    const secondsOff = Math.round(offsetMs / 1000);
    if (this.#isRight && this.#loggedAt > Number.NEGATIVE_INFINITY) {
      this.#loggedAt = Number.NEGATIVE_INFINITY;
      this.#log.warn({ secondsOff }, "the clock of this machine agrees with the database's again");
    } else if (!this.#isRight && now - this.#loggedAt >= LOG_EVERY_MS) {
      this.#loggedAt = now;
      this.#log.error(
        { secondsOff },
        "the clock of this machine is wrong: nothing is served until it agrees with the database's",
      );
    }
  }

  async #updateFollowers(): Promise<void> {
    for (const follower of this.#followers) {
      await (this.#isRight ? resume(follower) : suspend(follower)).catch((error: unknown) => {
        this.#log.warn(
          { error },
          "what waits for the right clock could not be begun or stopped and will be tried again",
        );
      });
    }
  }
}

async function resume(follower: Follower): Promise<void> {
  follower.running ??= await follower.begin();
}

async function suspend(follower: Follower): Promise<void> {
  const { running } = follower;
  follower.running = null;
  await running?.stop();
}
