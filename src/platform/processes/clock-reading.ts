import type { Queryable } from "../database/database.ts";
import { machineTime, stopwatch } from "../../kernel/clock.ts";
import { OperatorError } from "../../kernel/errors.ts";

/** The clock that is watched, and one that only runs forward, in milliseconds. */
export interface ClockSource {
  readonly time: () => Date;
  readonly monotonic: () => number;
}

export const MACHINE: ClockSource = { time: machineTime, monotonic: stopwatch };

/** How far the clock of a process was from the database's. */
export interface ClockReading {
  /** Milliseconds; positive: this process is ahead. */
  readonly offsetMs: number;
  /** Milliseconds by which `offsetMs` may be wrong, as the question and its answer take time. */
  readonly uncertaintyMs: number;
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
  { time, monotonic: steady }: ClockSource = MACHINE,
): Promise<ClockReading> {
  const [began, asked] = [steady(), time().getTime()];
  const [row] = await database.query<{ milliseconds: number }>(TIME);
  const halfMs = (steady() - began) / 2;
  if (row === undefined) {
    throw new Error("The database did not tell its time.");
  }
  return { offsetMs: Math.round(asked + halfMs - row.milliseconds), uncertaintyMs: halfMs };
}

/** Whether it is wrong for certain: a slow answer proves nothing. */
export const isWrong = ({ offsetMs, uncertaintyMs }: ClockReading): boolean =>
  Math.abs(offsetMs) - uncertaintyMs > TOLERATED_MS;

/** For a log or a terminal, such as "86400 s ahead of the database's clock". */
export const describeOffset = (offsetMs: number): string =>
  `${String(Math.round(Math.abs(offsetMs) / 1000))} s ${offsetMs > 0 ? "ahead of" : "behind"} the database's clock`;

/** For a command: nothing is done with a time that no other machine agrees with. */
export async function requireRightClock(database: Queryable): Promise<void> {
  const reading = await readClock(database);
  if (isWrong(reading)) {
    throw new OperatorError(
      `The clock of this machine is ${describeOffset(reading.offsetMs)}. Set it, for example by network time, then try again; nothing was changed.`,
    );
  }
}
