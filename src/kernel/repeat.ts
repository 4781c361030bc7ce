import { setInterval } from "node:timers";

/** Work that is done again and again until it is stopped. */
export interface Repeated {
  /** Begins nothing new and waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * Does `work` every `everyMs` milliseconds and never twice at once: one that takes longer makes the next come later,
 * and leaves no queue behind that stopping would have to wait for. An error ends one turn, not the others.
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
