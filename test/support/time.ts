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

/** Does the work at a moment of its own: the clock of this process stands still until it is done. */
export async function duringMoment<T>(moment: Date, work: () => Promise<T>): Promise<T> {
  const before = Date.now;
  Date.now = () => moment.getTime();
  try {
    return await work();
  } finally {
    Date.now = before;
  }
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
