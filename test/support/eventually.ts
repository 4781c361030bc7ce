import { setTimeout as wait } from "node:timers/promises";

/** Asks until the answer is the expected one, or five seconds have passed; answers the last answer. For what other processes or the background do. */
export async function eventually<T>(ask: () => Promise<T>, isExpected: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + 5_000;
  let answer = await ask();
  while (!isExpected(answer) && performance.now() < deadline) {
    await wait(10);
    answer = await ask();
  }
  return answer;
}
