import { setTimeout as wait } from "node:timers/promises";
import { stopwatch } from "../kernel/clock.ts";
import type { StopAsked } from "../main.ts";
import { STOP_LIMIT_MS } from "../stop-within.ts";

/** A shell, npm and this program's starter may each pass the same Ctrl-C on; those come together and count once. */
const ONE_KEY_PRESS_MS = 500;

/**
 * Resolves when the process is asked to stop, or when the process that started it is gone: an orphan would hold the port
 * against its successor, so it hurries. When it is asked again, it ends at once.
 */
export function stopAsked(): Promise<StopAsked> {
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

/** What was started; ends the process where it was asked to stop and does not come that far in ten seconds. */
export async function startedUnless<Started>(
  asked: Promise<StopAsked>,
  starting: Promise<Started>,
): Promise<Started> {
  const started = await Promise.race([
    starting.then((value) => ({ value })),
    asked.then(() => wait(STOP_LIMIT_MS, null)),
  ]);
  if (started === null) {
    console.error("Stopped while it was starting.");
    process.exit();
  }
  return started.value;
}
