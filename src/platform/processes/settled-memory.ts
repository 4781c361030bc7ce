/**
 * Gives back what the start has needed, some 45 MB: V8 would keep its grown young generation for minutes, and on a busy machine for
 * good. Takes a tenth of a second, so call it before requests are served. Does nothing in a process without `--expose-gc`,
 * which `bin/vestibule.js` gives to servers.
 */
export function settleMemory(): void {
  globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
}
