/**
 * Waits for `work`, for at most `ms` milliseconds. Returns whether it finished in time. A later result or error is ignored, so
 * use it only for shutdown.
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
