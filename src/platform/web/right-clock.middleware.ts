import { PageError } from "../../kernel/errors.ts";
import type { Handler } from "./context.ts";
import type { ErrorPage } from "./error-page.ts";
import type { Programs } from "./program-errors.ts";

/** Reports whether the time of this process can be trusted. */
export interface CheckedClock {
  isRight(): Promise<boolean>;
}

interface RightClockDeps {
  readonly clock: CheckedClock;
  readonly page: ErrorPage;
  readonly programs: Programs;
}

/** Retry-After in seconds: by then another server may answer, or the clock may be set. */
const RETRY_AFTER = 30;

/**
 * Refuses all requests while the clock is wrong: expired sessions and tokens would be accepted, valid ones refused, and new ones
 * issued with wrong times. Does not log each request, because ClockWatch logs the wrong clock itself.
 */
export function rightClock({ clock, page, programs }: RightClockDeps): Handler {
  return async (ctx, next) => {
    if (await clock.isRight()) {
      await next();
      return;
    }
    const fault = new PageError("unavailable", { retryAfter: RETRY_AFTER });
    await page.answer(ctx, fault, programs.get(ctx.path));
  };
}
