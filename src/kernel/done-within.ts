/**
 * Waits for `work`, but for no longer than `ms` milliseconds; answers whether it was done by then. What comes of it
 * later is nobody's concern: this is for what ends anyway.
 */
export async function doneWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const { promise: tooLong, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, ms, false);
  try {
    return await Promise.race([work.then(() => true), tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
