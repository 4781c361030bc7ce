import type { Log } from "../../kernel/log.ts";
import { repeat } from "../../kernel/repeat.ts";

/** Removes about `limit` expired rows. */
export type Purge = (limit: number) => Promise<unknown>;

const EVERY_MS = 30_000;
const BATCH = 2_000;
const BATCHES = 25;

/**
 * Removes expired rows in small batches, which hold locks only briefly: at most 50,000 rows of each kind every 30 seconds. Several
 * processes may run it at the same time.
 */
export function startHousekeeping(purges: readonly Purge[], log: Log): { stop(): Promise<void> } {
  let isStopping = false;
  const round = async () => {
    for (const purge of purges) {
      for (let batch = 0; batch < BATCHES && !isStopping; batch += 1) {
        await purge(BATCH);
      }
    }
  };
  const rounds = repeat(EVERY_MS, round, (error) => {
    log.warn({ error }, "housekeeping failed and will be tried again");
  });
  return {
    stop: async () => {
      isStopping = true;
      await rounds.stop();
    },
  };
}
