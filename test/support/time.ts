const realNow = Date.now.bind(Date);
let offset = 0;

/** Moves the clock of this process: ours and oidc-provider's both read it. Undone after each test. */
export function travel(milliseconds: number): void {
  offset += milliseconds;
  Date.now = () => realNow() + offset;
}

export function backToTheRealTime(): void {
  offset = 0;
  Date.now = realNow;
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
