import type { Draft } from "./draft.ts";

/** What the fuzzer has to choose from; `random` gives whole numbers below its argument. */
interface Choice {
  readonly random: (below: number) => number;
}

/** A way to spoil a request. */
export interface Operator {
  readonly name: string;
  /** The draft with one thing wrong; null where the draft has no such thing. */
  readonly apply: (draft: Draft, choice: Choice) => Draft | null;
}

/** One that changes the request as a whole. */
export const whole = (name: string, change: (draft: Draft) => Partial<Draft> | null): Operator => ({
  name,
  apply: (draft) => {
    const changed = change(draft);
    return changed === null ? null : { ...draft, ...changed };
  },
});
