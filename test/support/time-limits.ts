import type { Runnable, Suite } from "mocha";

/** Hooks of a suite, by mocha's own names; its types do not have them. */
const HOOKS = ["_beforeAll", "_afterAll", "_beforeEach", "_afterEach"] as const;

/**
 * Gives every test and hook so many times its time. A limit only ends what hangs; what a test needs depends on the machine, and on
 * the files that run beside it.
 */
export function lengthen(suite: Suite, times: number): void {
  const hooks = HOOKS.flatMap((name) => Reflect.get(suite, name) as readonly Runnable[]);
  for (const each of [...suite.tests, ...hooks]) {
    each.timeout(each.timeout() * times);
  }
  suite.suites.forEach((inner) => {
    lengthen(inner, times);
  });
}
