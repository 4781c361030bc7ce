import { setInterval } from "node:timers";
import { codeOf } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";

/** Removes about `limit` rows that are past their end. */
export type Purge = (limit: number) => Promise<unknown>;

const EVERY_MS = 30_000;
const BATCH = 2_000;
const BATCHES = 25;

/**
 * Removes what has expired, in batches that hold no lock for long, at most 50,000 rows of a kind each half minute.
 * Server processes may do it at the same time: each batch takes other rows or waits shortly.
 */
export function startHousekeeping(purges: readonly Purge[], log: Log): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let isStopping = false;
  const round = async () => {
    for (const purge of purges) {
      for (let batch = 0; batch < BATCHES && !isStopping; batch += 1) {
        await purge(BATCH);
      }
    }
  };
  const timer = setInterval(() => {
    running = running.then(round).catch((error: unknown) => {
      log.warn({ error, code: codeOf(error) }, "housekeeping failed and will be tried again");
    });
  }, EVERY_MS);
  timer.unref();
  return {
    stop: async () => {
      isStopping = true;
      clearInterval(timer);
      await running;
    },
  };
}
