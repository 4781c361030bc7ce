import type { ConstructorOptions } from "pg-boss";
import { startedAt, stopwatch } from "../../kernel/clock.ts";

/**
 * The time for the queue's library, which measures its pauses with it: on a clock that was put back by an hour, its
 * workers would sleep for an hour.
 */
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
