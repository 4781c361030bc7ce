import { stopwatch } from "../kernel/clock.ts";

/** A shell, npm and this program's starter may each pass the same Ctrl-C on; those come together and count once. */
const ONE_KEY_PRESS_MS = 500;

/** Resolves when the process is asked to stop; when it is asked again, it ends at once. */
export function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | null = null;
    const hear = () => {
      if (firstAt === null) {
        firstAt = stopwatch();
        console.error("Stopping…");
        resolve();
      } else if (stopwatch() - firstAt > ONE_KEY_PRESS_MS) {
        console.error("Stopped at once.");
        process.exit(1);
      }
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      process.on(signal, hear);
    }
  });
}
