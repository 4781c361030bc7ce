import { setInterval } from "node:timers";
import type { Queryable } from "../database/database.ts";
import type { Log } from "../../kernel/log.ts";
import { isWrong, MACHINE, readClock, type ClockReading, type ClockSource } from "./clock-reading.ts";

/**
 * What runs beside this process: the database, whose clock counts, and the other servers and workers of the installation.
 * Start at `ClockWatch`: a process whose clock is wrong would end what lives and keep what has ended.
 */

/** Something that works until it is stopped. */
export interface Stoppable {
  /** Answers false when something was cut off. */
  stop(): Promise<unknown>;
}

interface Deps {
  readonly database: Queryable;
  readonly log: Log;
  readonly source?: ClockSource;
}

/** A look at both clocks of this machine alone: it shows when the one is set. */
const LOOK_EVERY_MS = 1_000;
const READ_EVERY_MS = 15_000;
const LOG_EVERY_MS = 60_000;

/** More than network time moves a clock between two looks. */
const JUMP_MS = 2_000;

interface Follower {
  readonly begin: () => Promise<Stoppable> | Stoppable;
  running: Stoppable | null;
}

/**
 * Compares the clock of this machine with the database's: every 15 seconds, and at once when it is set. What must not be
 * done by a wrong clock asks `isRight`, or runs by `whileRight`.
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

  /** Milliseconds by which this process was ahead of the database when it was last compared. */
  get offsetMs(): number {
    return this.#reading?.offsetMs ?? 0;
  }

  /** Whether what this process takes for now is what the database takes for now, within 30 seconds. */
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

  /** Begins something when the clock is right, stops it when the clock is wrong, and begins it again. Throws what the first `begin` throws. */
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

  /** On a real machine both clocks run alike; a pause of the whole machine looks like a jump, and the database then tells. */
  #hasJumped({ time, steady }: { readonly time: number; readonly steady: number }): boolean {
    const moved = this.#source.time().getTime() - time - (this.#source.monotonic() - steady);
    return Math.abs(moved) > JUMP_MS;
  }

  /** Requests that ask meanwhile wait for the same answer. */
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
      // Without an answer it is as it was, unless the clock was set meanwhile.
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
