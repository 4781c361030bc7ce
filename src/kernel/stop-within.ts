import { stopwatch } from "./clock.ts";
import type { Log } from "./log.ts";
import { doneWithin } from "./done-within.ts";

/** How long stopping takes at most, whatever hangs, in milliseconds, so that the process has ended after ten seconds; the delay before it does not count. */
export const STOP_LIMIT_MS = 9_500;

/** One thing that has to end. */
interface StopStep {
  readonly name: string;
  /** Answers false when something was cut off. */
  readonly stop: () => Promise<unknown>;
}

/** Steps that end at the same time, and when they are left, in milliseconds after stopping began. */
export interface StopStage {
  readonly untilMs: number;
  readonly steps: readonly StopStep[];
}

/**
 * Ends the stages one after the other. What does not end in its time is left, and what fails is told; the next stage
 * begins all the same. Answers the names of what did not end.
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
