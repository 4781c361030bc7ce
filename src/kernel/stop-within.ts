import { stopwatch } from "./clock.ts";
import type { Log } from "./log.ts";
import { doneWithin } from "./done-within.ts";

/**
 * Limit for the whole shutdown in milliseconds, so that the process has ended after ten seconds, when containers are killed, also on a
 * busy machine. The delay before it does not count.
 */
export const STOP_LIMIT_MS = 9_000;

/** One part of the server that has to stop. */
interface StopStep {
  readonly name: string;
  /** Returns false when it interrupted work. */
  readonly stop: () => Promise<unknown>;
}

/** Steps that stop in parallel, and their deadline in milliseconds after the shutdown began. */
export interface StopStage {
  readonly untilMs: number;
  readonly steps: readonly StopStep[];
}

/**
 * Runs the stages one after the other. A step that misses its deadline is abandoned, a step that fails is logged, and the next
 * stage begins in both cases. Returns the names of the steps that did not finish.
 */
export async function stopWithin(stages: readonly StopStage[], log: Log): Promise<string[]> {
  const began = stopwatch();
  const unfinished: string[] = [];
  for (const { untilMs, steps } of stages) {
    const limitMs = Math.max(0, untilMs - (stopwatch() - began));
    const ends = await Promise.all(
      steps.map(async (step) => ({ step, isDone: await runStep(step, limitMs, log) })),
    );
    unfinished.push(...ends.flatMap(({ step, isDone }) => (isDone ? [] : [step.name])));
  }
  return unfinished;
}

async function runStep({ name, stop }: StopStep, limitMs: number, log: Log): Promise<boolean> {
  try {
    let isComplete = true;
    const ending = stop().then((answer) => {
      isComplete = answer !== false;
    });
    return (await doneWithin(limitMs, ending)) && isComplete;
  } catch (error) {
    log.warn({ error, part: name }, "a part of the server failed while it stopped");
    return false;
  }
}
