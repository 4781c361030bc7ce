import { setTimeout as wait } from "node:timers/promises";
import { inspect } from "node:util";

/**
 * Asks until the answer is the expected one, and answers it. For what other processes or the background do. Throws
 * with what it saw last when the time is over: a test that goes on with another answer fails where nobody looks.
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  isExpected: (answer: T) => boolean,
  { seconds = 15, everyMs = 10 }: { seconds?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + seconds * 1_000;
  let answer = await ask();
  while (!isExpected(answer)) {
    if (performance.now() > deadline) {
      throw new Error(`Not what was waited for, after ${String(seconds)} s: ${inspect(answer)}`);
    }
    await wait(everyMs);
    answer = await ask();
  }
  return answer;
}
