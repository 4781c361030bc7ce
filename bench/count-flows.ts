import { z } from "zod";
import { ALL_FLOWS, type AnyFlowName } from "./load.ts";
import { countedSchema, type Counted } from "./messages.ts";
import { hangUp, type Target } from "./target.ts";

const TIMES = 10;

/** Statements and commits of one flow each, from runs of their own one after the other. */
export async function countFlows(
  target: Target,
  flows: readonly AnyFlowName[],
): Promise<ReadonlyMap<AnyFlowName, Counted>> {
  const counts = new Map<AnyFlowName, Counted>();
  for (const flow of flows) {
    counts.set(flow, await countFlow(target, flow));
  }
  hangUp(target.users);
  return counts;
}

async function countFlow({ process, users }: Target, flow: AnyFlowName): Promise<Counted> {
  const [user] = users;
  if (user === undefined) {
    throw new Error("A target without users.");
  }
  await process.ask("count", z.object({}));
  for (let time = 0; time < TIMES; time += 1) {
    await ALL_FLOWS[flow](user);
  }
  const { statements, commits } = await process.ask("counted", countedSchema);
  return { statements: statements / TIMES, commits: commits / TIMES };
}
