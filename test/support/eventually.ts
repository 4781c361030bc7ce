import { setTimeout as wait } from "node:timers/promises";
import { inspect } from "node:util";
import { PATIENCE } from "./time-limits.ts";

/** The longest pause between two questions, in milliseconds, unless the caller asks for longer ones. */
const LONGEST_MS = 200;

/**
 * Asks until the answer is the expected one, and answers it. For what other processes or the background do. Throws
 * with what it saw last when the time is over: a test that goes on with another answer fails where nobody looks.
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  isExpected: (answer: T) => boolean,
  { seconds = 15, everyMs = 10 }: { seconds?: number; everyMs?: number } = {},
): Promise<T> {
  const began = performance.now();
  const deadline = began + seconds * 1_000 * PATIENCE;
  let answer = await ask();
  while (!isExpected(answer)) {
    if (performance.now() > deadline) {
      throw new Error(`Not what was waited for, after ${String(seconds * PATIENCE)} s: ${inspect(answer)}`);
    }
    // What takes long is asked for less often: asking costs more than the tenth that is waited too long.
    await wait(Math.max(everyMs, Math.min(LONGEST_MS, (performance.now() - began) / 10)));
    answer = await ask();
  }
  return answer;
}
