import type { Queryable } from "../database/database.ts";
import { machineTime, stopwatch } from "../../kernel/clock.ts";
import { OperatorError } from "../../kernel/errors.ts";

/** The clock to check, and a monotonic one in milliseconds. */
export interface ClockSource {
  readonly time: () => Date;
  readonly monotonic: () => number;
}

export const MACHINE: ClockSource = { time: machineTime, monotonic: stopwatch };

/** Difference between the clock of a process and the database's. */
export interface ClockReading {
  /** Milliseconds; positive when this process is ahead. */
  readonly offsetMs: number;
  /** Milliseconds by which `offsetMs` may be inaccurate, because the round trip takes time. */
  readonly uncertaintyMs: number;
}

/** Network time keeps machines far below this, and codes and tokens tolerate it. */
const TOLERATED_MS = 30_000;

const TIME = {
  name: "clock_watch_time",
  text: "select (extract(epoch from clock_timestamp()) * 1000)::float8 as milliseconds",
} as const;

/** Reads the database's time. Throws its error when it does not answer. */
export async function readClock(
  database: Queryable,
  { time, monotonic: steady }: ClockSource = MACHINE,
): Promise<ClockReading> {
  const [began, asked] = [steady(), time().getTime()];
  const [row] = await database.query<{ milliseconds: number }>(TIME);
  const halfMs = (steady() - began) / 2;
  if (row === undefined) {
    throw new Error("The database did not return its time.");
  }
  return { offsetMs: Math.round(asked + halfMs - row.milliseconds), uncertaintyMs: halfMs };
}

/** Whether the clock is wrong for certain. A slow answer is no proof. */
export const isWrong = ({ offsetMs, uncertaintyMs }: ClockReading): boolean =>
  Math.abs(offsetMs) - uncertaintyMs > TOLERATED_MS;

/** For a log or a terminal, such as "86400 s ahead of the database's clock". */
export const describeOffset = (offsetMs: number): string =>
  `${String(Math.round(Math.abs(offsetMs) / 1000))} s ${offsetMs > 0 ? "ahead of" : "behind"} the database's clock`;

/** For commands, which must not write times that the servers do not agree with. */
export async function requireRightClock(database: Queryable): Promise<void> {
  const reading = await readClock(database);
  if (isWrong(reading)) {
    throw new OperatorError(
      `The clock of this machine is ${describeOffset(reading.offsetMs)}. Set it, for example by network time, then try again; nothing was changed.`,
    );
  }
}
