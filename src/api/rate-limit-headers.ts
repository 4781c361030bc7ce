import type { Context } from "../platform/web/context.ts";

/** The requests of a caller in this minute of the clock. `used`: null for more than there may be. */
interface Requests {
  readonly perMinute: number;
  readonly used: number | null;
  /** Seconds until the minute has ended. */
  readonly reset: number;
}

/** Says how many requests are left, and for how long. */
export function setRateLimit(ctx: Context, { perMinute, used, reset }: Requests): void {
  ctx.set("RateLimit-Policy", `${String(perMinute)};w=60`);
  ctx.set("RateLimit-Limit", String(perMinute));
  ctx.set("RateLimit-Remaining", String(used === null ? 0 : perMinute - used));
  ctx.set("RateLimit-Reset", String(reset));
}
