import { PageError } from "../../kernel/errors.ts";
import type { Handler } from "./context.ts";
import type { ErrorPage } from "./error-page.ts";

/** Whether what this process takes for now can be trusted. */
export interface CheckedClock {
  isRight(): Promise<boolean>;
}

interface RightClockDeps {
  readonly clock: CheckedClock;
  readonly page: ErrorPage;
  /** Paths where programs ask, which get OAuth's errors. */
  readonly programs: ReadonlySet<string>;
}

/** Seconds after which it is worth asking again: another server may be asked then, or the clock set. */
const RETRY_AFTER = 30;

/**
 * While the clock is wrong nothing is served: sessions and tokens would be taken for ended or for alive, and what is
 * issued would be of another day. No line in the log for each, as the clock has one of its own.
 */
export function rightClock({ clock, page, programs }: RightClockDeps): Handler {
  return async (ctx, next) => {
    if (await clock.isRight()) {
      await next();
      return;
    }
    const fault = new PageError("unavailable", { retryAfter: RETRY_AFTER });
    page.answer(ctx, fault, programs.has(ctx.path));
  };
}
