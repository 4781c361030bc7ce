import { setInterval } from "node:timers";

/** Periodic work, until it is stopped. */
export interface Repeated {
  /** Starts no further run and waits for the current one. */
  stop(): Promise<void>;
}

/**
 * Runs `work` every `everyMs` milliseconds, never twice at the same time: a slow run skips the next ones instead of queueing them,
 * so stopping waits for one run at most. An error ends one run only.
 */
export function repeat(
  everyMs: number,
  work: () => Promise<unknown>,
  failed: (error: unknown) => void,
): Repeated {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= turn();
  }, everyMs);
  timer.unref();
  const turn = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failed(error);
    } finally {
      running = null;
    }
  };
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
