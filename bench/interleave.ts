import { figuresOf, type Results } from "./figures.ts";
import { runRound, type AnyFlowName, type Round } from "./load.ts";
import type { Options } from "./options.ts";
import type { Target } from "./target.ts";

const WARM_UP_SECONDS = 1;

/**
 * Measures every flow on every server in short rounds that take turns, so that a neighbour's load on the machine
 * falls on all of them. Every second time the servers come in the other order.
 */
export async function interleave(
  targets: readonly Target[],
  {
    flows,
    rounds,
    seconds,
  }: Pick<Options, "rounds" | "seconds"> & { readonly flows: readonly AnyFlowName[] },
): Promise<Results> {
  for (const flow of flows) {
    await takeTurns(targets, (target) => runRound(target, flow, WARM_UP_SECONDS));
  }
  const measured = new Map<AnyFlowName, Map<Target, Round>[]>(flows.map((flow) => [flow, []]));
  for (let round = 1; round <= rounds; round += 1) {
    console.error(`Round ${String(round)} of ${String(rounds)}`);
    const turn = round % 2 === 1 ? targets : targets.toReversed();
    for (const [flow, done] of measured) {
      done.push(await takeTurns(turn, (target) => runRound(target, flow, seconds)));
    }
  }
  return new Map(
    [...measured].map(([flow, done]) => [flow, targets.map((target) => figuresFor(target, done))]),
  );
}

async function takeTurns(targets: readonly Target[], run: (target: Target) => Promise<Round>) {
  const rounds = new Map<Target, Round>();
  for (const target of targets) {
    rounds.set(target, await run(target));
  }
  return rounds;
}

const figuresFor = (target: Target, done: readonly ReadonlyMap<Target, Round>[]) =>
  figuresOf(done.flatMap((rounds) => rounds.get(target) ?? []));
