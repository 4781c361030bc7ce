import { setTimeout as wait } from "node:timers/promises";
import { stopwatch } from "../kernel/clock.ts";
import type { StopRequest } from "../server/main.ts";
import { STOP_LIMIT_MS } from "../kernel/stop-within.ts";

/** A shell, npm and this program's starter may each pass the same Ctrl-C on; those come together and count once. */
const ONE_KEY_PRESS_MS = 500;

/**
 * Resolves when the process is asked to stop, or when the process that started it is gone: an orphan would hold the port
 * against its successor, so it hurries. When it is asked again, it ends at once.
 */
export function stopRequested(): Promise<StopRequest> {
  return new Promise((resolve) => {
    let firstAt: number | null = null;
    const hurry = new AbortController();
    const hear = (reason: string) => {
      if (firstAt === null) {
        firstAt = stopwatch();
        console.error("Stopping…");
        resolve({ reason, hurry: hurry.signal });
      } else if (!hurry.signal.aborted && stopwatch() - firstAt > ONE_KEY_PRESS_MS) {
        console.error("Stopped at once.");
        process.exit(1);
      }
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      process.on(signal, () => {
        hear(signal);
      });
    }
    // The starter holds the other end of the channel.
    process.once("disconnect", () => {
      hurry.abort();
      hear("the process that started it is gone");
    });
    process.channel?.unref();
  });
}

/** How long a start that is no longer wanted may take to end, in milliseconds; what it has opened needs a moment after it. */
const START_ENDS_MS = STOP_LIMIT_MS - 2_000;

/**
 * What `start` begins. Where the process is asked to stop meanwhile, `start` is told by its signal; the process ends when
 * that fails, or comes to no end in time.
 */
export async function startUnlessStopped<Started>(
  asked: Promise<StopRequest>,
  start: (unwanted: AbortSignal) => Promise<Started>,
): Promise<Started> {
  const unwanted = new AbortController();
  const starting = start(unwanted.signal).then(
    (value) => ({ value }),
    (error: unknown) => {
      if (unwanted.signal.aborted) {
        return null;
      }
      throw error;
    },
  );
  const givenUp = asked.then(() => {
    unwanted.abort();
    return wait(START_ENDS_MS, null);
  });
  const started = await Promise.race([starting, givenUp]);
  if (started === null) {
    console.error("Stopped while it was starting.");
    process.exit();
  }
  return started.value;
}
