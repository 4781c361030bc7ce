import { stopwatch } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { RefusalBudget } from "./refusal-budget.ts";
import { memberOf } from "../../kernel/unknown-value.ts";

/** Warns of requests that go on although something of them is left out. */
export type RequestWarnings = Pick<Log, "warn">;

/**
 * Such warnings have the limits of refusals, and what is beyond them is not logged: anyone who knows a client id causes them by the
 * address of a sign-in, and an application that asks for too much would cause one at each.
 */
export function limitedWarnings(log: RequestWarnings): RequestWarnings {
  const budget = new RefusalBudget();
  return {
    warn: (...line: unknown[]) => {
      if (budget.take(String(memberOf(line[0], "application")), textOf(line), stopwatch())) {
        Reflect.apply(log.warn, log, line);
      }
    },
  };
}

/** Each request has an id of its own, so the same line is compared without it. */
const textOf = (line: readonly unknown[]): string =>
  JSON.stringify(line, (name, value: unknown) => (name === "requestId" ? undefined : value));
