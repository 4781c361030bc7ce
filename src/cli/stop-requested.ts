import { setTimeout as wait } from "node:timers/promises";
import { stopwatch } from "../kernel/clock.ts";
import type { StopRequest } from "../platform/processes/group-member.ts";
import { STOP_LIMIT_MS } from "../kernel/stop-within.ts";

/** A shell, npm and this program's starter may each forward the same Ctrl-C; within this time they count once. */
const ONE_KEY_PRESS_MS = 500;

interface Reactions {
  readonly atOnce?: () => void;
  readonly onHangUp?: (() => void) | undefined;
}

/**
 * Resolves when the process is asked to stop, or when the process that started it is gone: an orphan would block the port
 * for its successor, so it skips the delay. A second request ends the process at once, after `atOnce`. With `onHangUp`, SIGHUP
 * is no such request.
 */
export function stopRequested({ atOnce, onHangUp }: Reactions = {}): Promise<StopRequest> {
  return new Promise((resolve) => {
    let firstAt: number | null = null;
    const hurry = new AbortController();
    const onRequest = (reason: string) => {
      if (firstAt === null) {
        firstAt = stopwatch();
        console.error("Stopping…");
        resolve({ reason, hurry: hurry.signal });
      } else if (!hurry.signal.aborted && stopwatch() - firstAt > ONE_KEY_PRESS_MS) {
        console.error("Stopped at once.");
        atOnce?.();
        process.exit(1);
      }
    };
    for (const signal of ["SIGINT", "SIGTERM"]) {
      process.on(signal, () => {
        onRequest(signal);
      });
    }
    process.on("SIGHUP", () => {
      (onHangUp ?? onRequest)("SIGHUP");
    });
    // The starter holds the other end of the channel.
    process.once("disconnect", () => {
      hurry.abort();
      onRequest("the process that started it is gone");
    });
    process.channel?.unref();
  });
}

/** How long a cancelled start may take to end, in milliseconds; what it has opened needs time to close after it. */
const START_ENDS_MS = STOP_LIMIT_MS - 2_000;

export const STOPPED_EARLY = "Stopped while it was starting.";

/**
 * The result of `start`. When the process is asked to stop meanwhile, `start` is aborted by its signal, and the process
 * ends, at the latest after the limit.
 */
export async function startUnlessStopped<Started>(
  request: Promise<StopRequest>,
  start: (signal: AbortSignal) => Promise<Started>,
  say: (text: string) => void = console.error,
): Promise<Started> {
  const cancel = new AbortController();
  const starting = start(cancel.signal).then(
    (value) => ({ value }),
    (error: unknown) => {
      if (cancel.signal.aborted) {
        return null;
      }
      throw error;
    },
  );
  const timedOut = request.then(() => {
    cancel.abort();
    return wait(START_ENDS_MS, null);
  });
  const started = await Promise.race([starting, timedOut]);
  if (started === null) {
    say(STOPPED_EARLY);
    process.exit();
  }
  return started.value;
}
