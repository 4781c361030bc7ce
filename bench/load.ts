import { API_FLOWS, type ApiFlowName } from "./api-flows.ts";
import { FLOWS, type FlowName, type VirtualUser } from "./flows.ts";
import { CONSOLE_FLOWS, type ConsoleFlowName } from "./console-flows.ts";
import { OWN_FLOWS, type OwnFlowName } from "./own-flows.ts";
import { usageSchema } from "./messages.ts";
import { postgresTime } from "./postgres-time.ts";
import { hangUp, type Target } from "./target.ts";

export type AnyFlowName = FlowName | OwnFlowName | ConsoleFlowName | ApiFlowName;
export const ALL_FLOWS = { ...FLOWS, ...OWN_FLOWS, ...CONSOLE_FLOWS, ...API_FLOWS };

/** One flow on one server for some seconds. */
export interface Round {
  /** Flows in a second, of all virtual users together. */
  readonly rate: number;
  /** Milliseconds of each flow. */
  readonly latencies: readonly number[];
  readonly processor: ProcessorTime;
}

/** Processor time of one flow in milliseconds. */
export interface ProcessorTime {
  readonly server: number;
  /** Null where there is no PostgreSQL, or no way to ask for its time. */
  readonly postgres: number | null;
}

/** All virtual users run the flow again and again. Ends with the first wrong answer. */
export async function runRound(target: Target, flow: AnyFlowName, seconds: number): Promise<Round> {
  const before = await timeOf(target);
  const until = performance.now() + seconds * 1000;
  const shares = await Promise.all(target.users.map((user) => repeat(user, flow, until)));
  hangUp(target.users);
  const after = await timeOf(target);
  const latencies = shares.flatMap((share) => share.latencies);
  return {
    rate: shares.reduce((sum, share) => sum + share.rate, 0),
    latencies,
    processor: {
      server: (after.server - before.server) / latencies.length,
      postgres: after.postgres === null ? null : (after.postgres - (before.postgres ?? 0)) / latencies.length,
    },
  };
}

/** The virtual users run the flow so many times together. */
export async function runTimes(target: Target, flow: AnyFlowName, times: number): Promise<void> {
  let left = times;
  await Promise.all(
    target.users.map(async (user) => {
      while (left > 0) {
        left -= 1;
        await ALL_FLOWS[flow](user);
      }
    }),
  );
  hangUp(target.users);
}

/** Since the processes began. */
export async function timeOf({ process, dataDir }: Target): Promise<ProcessorTime> {
  const { cpu } = await process.ask("usage", usageSchema);
  return { server: cpu, postgres: dataDir === null ? null : postgresTime(dataDir) };
}

/** A user's rate is taken over its own time: the last flow ends after the round, and counts whole. */
async function repeat(user: VirtualUser, flow: AnyFlowName, until: number) {
  const began = performance.now();
  const latencies: number[] = [];
  let now = began;
  while (now < until) {
    await ALL_FLOWS[flow](user);
    const end = performance.now();
    latencies.push(end - now);
    now = end;
  }
  return { latencies, rate: (latencies.length * 1000) / (now - began) };
}
