import { setTimeout as wait } from "node:timers/promises";
import { toProcessSchema, type MetricsTold, type MetricsWanted } from "./group-message.ts";
import type { MetricPoints } from "./merge-metrics.ts";

/** The primary waits for the others, half as long. */
const WAIT_MS = 1_000;

/** What the other processes of a server have counted, and those before them. */
export interface MemberMetrics {
  /** `own`: of this process, for when it is gone. Null where the primary does not answer. */
  ofOthers(own: readonly MetricPoints[]): Promise<readonly (readonly MetricPoints[])[] | null>;
  /** The last words of this process. */
  leave(own: readonly MetricPoints[]): void;
}

/** Answers the primary with `collect`. Null in a process that no primary has started. */
export function memberMetrics(collect: () => Promise<readonly MetricPoints[]>): MemberMetrics | null {
  if (process.send === undefined) {
    return null;
  }
  const send = (message: MetricsTold | MetricsWanted) => {
    process.send?.(message, () => undefined);
  };
  const asked = new Map<number, (metrics: readonly (readonly MetricPoints[])[]) => void>();
  let count = 0;
  process.on("message", (message) => {
    const { data } = toProcessSchema.safeParse(message);
    if (data?.vestibule === "tell-metrics") {
      void collect().then((metrics) => {
        send({ vestibule: "metrics", round: data.round, metrics });
      });
    }
    if (data?.vestibule === "all-metrics") {
      asked.get(data.ask)?.(data.metrics as readonly (readonly MetricPoints[])[]);
    }
  });
  return {
    ofOthers: async (metrics) => {
      count += 1;
      const ask = count;
      const all = new Promise<readonly (readonly MetricPoints[])[]>((resolve) => asked.set(ask, resolve));
      send({ vestibule: "metrics-wanted", ask, metrics });
      const late = wait(WAIT_MS, null, { ref: false });
      return Promise.race([all, late]).finally(() => asked.delete(ask));
    },
    leave: (metrics) => {
      send({ vestibule: "metrics", round: null, metrics });
    },
  };
}
