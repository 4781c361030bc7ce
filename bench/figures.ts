import type { AnyFlowName, ProcessorTime, Round } from "./load.ts";

/** What the rounds of one flow on one server come to. */
export interface Figures {
  /** Flows in a second: the median of the rounds. */
  readonly rate: number;
  /** Milliseconds, of all flows of all rounds. */
  readonly p50: number;
  readonly p95: number;
  readonly processor: ProcessorTime;
}

export type Results = ReadonlyMap<AnyFlowName, readonly Figures[]>;

export function figuresOf(rounds: readonly Round[]): Figures {
  const latencies = rounds.flatMap((round) => round.latencies);
  const postgres = rounds.flatMap(({ processor }) => processor.postgres ?? []);
  return {
    rate: median(rounds.map((round) => round.rate)),
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
    processor: {
      server: median(rounds.map((round) => round.processor.server)),
      postgres: postgres.length === 0 ? null : median(postgres),
    },
  };
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [(sorted.length - 1) >> 1, sorted.length >> 1];
  return ((sorted[low] ?? NaN) + (sorted[high] ?? NaN)) / 2;
}
