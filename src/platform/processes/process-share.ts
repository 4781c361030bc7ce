/** Which process of a server this is: number 1 to `of`. A replacement has the number of the one that it replaces. */
export interface ProcessShare {
  readonly number: number;
  readonly of: number;
}

/** A server of one process. */
export const ALONE: ProcessShare = { number: 1, of: 1 };

/** The part of a limit that one process gets, at least one; together they have the whole, where it is enough for all. */
export function shareOf(total: number, { number, of }: ProcessShare): number {
  const [each, left] = [Math.floor(total / of), total % of];
  return Math.max(1, each + (number <= left ? 1 : 0));
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

/** The pause before a process is started again that ended `times` times in a row, so that a crash at the start does not spin. */
export const pauseAfter = (times: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(times - 1, 20));
