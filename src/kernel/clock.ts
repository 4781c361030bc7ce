/** The only reader of the machine's clock; eslint refuses `Date.now()` and `new Date()` elsewhere, so that tests can set the time. */

/** The current time. Tests replace `Date.now`, which oidc-provider reads too. */
export const now = (): Date => new Date(Date.now());

/** The machine's clock, also where a test has replaced `Date.now`: only for comparing it with another machine's. */
export const machineTime = (): Date => new Date();

/** Monotonic milliseconds; for durations, never for dates. */
export const stopwatch = (): number => performance.now();

/** Seconds since 1970, the unit of `iat`, `exp` and `auth_time` (RFC 7519 section 2). */
export const epochSeconds = (at: Date): number => Math.floor(at.getTime() / 1000);

export const secondsAfter = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1000);

export const minutesAfter = (at: Date, minutes: number): Date => new Date(at.getTime() + minutes * 60_000);

export const daysAfter = (at: Date, days: number): Date => minutesAfter(at, days * 24 * 60);

/** Whole minutes from `now` to `then`, rounded up, at least one. */
export const minutesUntil = (now: Date, then: Date): number =>
  Math.max(1, Math.ceil((then.getTime() - now.getTime()) / 60_000));
