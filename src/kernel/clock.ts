/** The kernel knows nobody. Everything that reads the time or makes randomness stands here, so that tests can move the one and an auditor can review the other. */

/** The present moment. Tests move it by replacing `Date.now`, which oidc-provider reads too. */
export const now = (): Date => new Date(Date.now());

/** The clock of this machine, wherever ours was moved to: only for comparing it with another machine's. */
export const machineTime = (): Date => new Date();

/** Milliseconds on a clock that only runs forward; for durations, never for dates. */
export const stopwatch = (): number => performance.now();

/** When this process began, in milliseconds since 1970, by the clock of then. */
export const startedAt = performance.timeOrigin;

/** Seconds since 1970, the unit of `iat`, `exp` and `auth_time` (RFC 7519 section 2). */
export const epochSeconds = (at: Date): number => Math.floor(at.getTime() / 1000);

export const secondsAfter = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1000);

export const minutesAfter = (at: Date, minutes: number): Date => new Date(at.getTime() + minutes * 60_000);

export const daysAfter = (at: Date, days: number): Date => minutesAfter(at, days * 24 * 60);

/** Whole minutes from `now` to `then`, rounded up, at least one. */
export const minutesUntil = (now: Date, then: Date): number =>
  Math.max(1, Math.ceil((then.getTime() - now.getTime()) / 60_000));
