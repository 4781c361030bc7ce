import type { ConstructorOptions } from "pg-boss";
import { startedAt, stopwatch } from "../../kernel/clock.ts";

/** The clock of pg-boss. With the wall clock, its workers would sleep for an hour after the clock was set back by an hour. */
export const monotonicClock: NonNullable<ConstructorOptions["clock"]> = {
  now: () => startedAt + stopwatch(),
  setTimeout: (work, milliseconds) => setTimeout(work, milliseconds),
  clearTimeout: (handle) => {
    clearTimeout(handle as NodeJS.Timeout);
  },
  setInterval: (work, milliseconds) => setInterval(work, milliseconds),
  clearInterval: (handle) => {
    clearInterval(handle as NodeJS.Timeout);
  },
};
