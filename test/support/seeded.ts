/** Numbers from 0 to 1 that look random, and the seed that gives the same ones again. */
export interface Seeded {
  /** Belongs into the title of the test, where a failure shows it. */
  readonly seed: number;
  next(): number;
}

/** Takes another seed in every run, unless the caller has one; TEST_SEED repeats the one of a run before. */
export function seeded(fixed?: number): Seeded {
  const seed = Number(process.env["TEST_SEED"] ?? fixed ?? Date.now() % 1_000_000);
  let state = seed;
  return {
    seed,
    // Mulberry32: the state moves on by a constant, and its bits are mixed.
    next: () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
