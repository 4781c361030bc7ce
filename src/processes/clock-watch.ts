import { setInterval } from "node:timers";
import type { Queryable } from "../database/database.ts";
import { codeOf, OperatorError } from "../kernel/errors.ts";
import { machineTime, stopwatch, type Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";

/**
 * What runs beside this process: the database, whose clock counts, and the other servers and workers of the installation.
 * Start at `ClockWatch`: a process whose clock is wrong would end what lives and keep what has ended.
 */

/** How far the clock of a process was from the database's. */
export interface ClockReading {
  /** Milliseconds; positive: this process is ahead. */
  readonly offMs: number;
  /** Milliseconds by which `offMs` may be wrong, as the question and its answer take time. */
  readonly doubtMs: number;
}

/** What network time keeps machines far within, and what codes and tokens are tolerant of. */
const TOLERATED_MS = 30_000;

const TIME = {
  name: "clock_watch_time",
  text: "select (extract(epoch from clock_timestamp()) * 1000)::float8 as milliseconds",
} as const;

/** Asks the database for its time. Throws what it throws when it does not answer. */
export async function readClock(
  database: Queryable,
  { time, steady }: ClockSource = MACHINE,
): Promise<ClockReading> {
  const [began, asked] = [steady(), time().getTime()];
  const [row] = await database.query<{ milliseconds: number }>(TIME);
  const halfMs = (steady() - began) / 2;
  return { offMs: Math.round(asked + halfMs - (row?.milliseconds ?? Number.NaN)), doubtMs: halfMs };
}

/** Whether it is wrong for certain: a slow answer proves nothing. */
export const isWrong = ({ offMs, doubtMs }: ClockReading): boolean =>
  Math.abs(offMs) - doubtMs > TOLERATED_MS;

/** For a log or a terminal, such as "86400 s ahead of the database's clock". */
export const inWords = (offMs: number): string =>
  `${String(Math.round(Math.abs(offMs) / 1000))} s ${offMs > 0 ? "ahead of" : "behind"} the database's clock`;

/** For a command: nothing is done with a time that no other machine agrees with. */
export async function requireRightClock(database: Queryable): Promise<void> {
  const reading = await readClock(database);
  if (isWrong(reading)) {
    throw new OperatorError(
      `The clock of this machine is ${inWords(reading.offMs)}. Set it, for example by network time, then try again; nothing was changed.`,
    );
  }
}

/** Something that works until it is stopped. */
export interface Stoppable {
  stop(): Promise<void>;
}

/** The clock that is watched, and one that only runs forward, in milliseconds. */
interface ClockSource {
  readonly time: Clock;
  readonly steady: () => number;
}

const MACHINE: ClockSource = { time: machineTime, steady: stopwatch };

interface Parts {
  readonly database: Queryable;
  readonly log: Log;
  readonly source?: ClockSource;
}

/** A look at both clocks of this machine alone: it shows when the one is set. */
const LOOK_EVERY_MS = 1_000;
const READ_EVERY_MS = 15_000;
const SAY_EVERY_MS = 60_000;

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
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor({ database, log, source = MACHINE }: Parts) {
    this.#database = database;
    this.#log = log;
    this.#source = source;
  }

  /** Milliseconds by which this process was ahead of the database when it was last compared. */
  get offMs(): number {
    return this.#reading?.offMs ?? 0;
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
      const age = this.#source.steady() - (this.#reading?.steady ?? Number.NEGATIVE_INFINITY);
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
        await follower.running?.stop();
      },
    };
  }

  /** On a real machine both clocks run alike; a pause of the whole machine looks like a jump, and the database then tells. */
  #hasJumped({ time, steady }: { readonly time: number; readonly steady: number }): boolean {
    const moved = this.#source.time().getTime() - time - (this.#source.steady() - steady);
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
        steady: this.#source.steady(),
      };
      this.#isRight = !isWrong(reading);
      this.#say(reading);
    } catch (error) {
      // Without an answer it is as it was, unless the clock was set meanwhile.
      this.#isRight &&= this.#reading !== null && !this.#hasJumped(this.#reading);
      this.#log.debug({ error, code: codeOf(error) }, "the clock could not be compared with the database's");
    }
    this.#following = this.#following.then(() => this.#follow());
  }

  #say({ offMs }: ClockReading): void {
    const now = this.#source.steady();
    const secondsOff = Math.round(offMs / 1000);
    if (this.#isRight && this.#saidAt > Number.NEGATIVE_INFINITY) {
      this.#saidAt = Number.NEGATIVE_INFINITY;
      this.#log.warn({ secondsOff }, "the clock of this machine agrees with the database's again");
    } else if (!this.#isRight && now - this.#saidAt >= SAY_EVERY_MS) {
      this.#saidAt = now;
      this.#log.error(
        { secondsOff },
        "the clock of this machine is wrong: nothing is served until it agrees with the database's",
      );
    }
  }

  async #follow(): Promise<void> {
    for (const follower of this.#followers) {
      try {
        if (this.#isRight) {
          follower.running ??= await follower.begin();
        } else {
          const { running } = follower;
          follower.running = null;
          await running?.stop();
        }
      } catch (error) {
        this.#log.warn(
          { error, code: codeOf(error) },
          "what waits for the right clock could not be begun or stopped and will be tried again",
        );
      }
    }
  }
}
