import { Runnable } from "mocha";

/** How much longer everything may take in a run of all files, where several share a processor. */
export const PATIENCE = process.env["MOCHA_WORKER_ID"] === undefined ? 1 : 3;

/**
 * Gives every test and hook that is made or limited from now on so many times its time. A limit only ends what hangs; what a test needs
 * depends on the machine, and on the files that run beside it. Returns what takes it back.
 */
export function lengthen(times: number): () => void {
  const limit = Object.getOwnPropertyDescriptor(Runnable.prototype, "timeout");
  if (limit === undefined) {
    throw new Error("mocha has changed: what it runs has no limit.");
  }
  const original = limit.value as (this: Runnable, ms?: number | string) => unknown;
  Object.defineProperty(Runnable.prototype, "timeout", {
    ...limit,
    value(this: Runnable, ...[ms]: [ms?: number | string]) {
      return ms === undefined
        ? original.call(this)
        : original.call(this, typeof ms === "number" ? ms * times : ms);
    },
  });
  return () => {
    Object.defineProperty(Runnable.prototype, "timeout", limit);
  };
}
