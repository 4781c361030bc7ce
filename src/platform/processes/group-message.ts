import { z } from "zod";

/** Those of one process; `merge-metrics.ts` has their shape. */
const METRICS = z.array(z.unknown()).readonly();

/** What the primary process tells one that it has started. */
export const toProcessSchema = z.discriminatedUnion("vestibule", [
  /** Stop as a server does; `isHurried`: no load balancer is waited for. */
  z.object({ vestibule: z.literal("stop"), reason: z.string(), isHurried: z.boolean() }),
  /** Another one with the same number serves now: finish what was begun, and end. */
  z.object({ vestibule: z.literal("replaced") }),
  z.object({ vestibule: z.literal("live"), live: z.number() }),
  /** Tell what you have counted. */
  z.object({ vestibule: z.literal("tell-metrics"), round: z.number() }),
  /** What the others have counted, as `metrics-wanted` asked. */
  z.object({ vestibule: z.literal("all-metrics"), ask: z.number(), metrics: z.array(METRICS) }),
]);
export type ToProcess = z.output<typeof toProcessSchema>;

/** What a process tells the primary: it serves. */
export const readySchema = z.object({ vestibule: z.literal("ready"), greeting: z.string() });
export type Ready = z.output<typeof readySchema>;

/** What a process has counted; `round`: which question it answers. */
export const metricsToldSchema = z.object({
  vestibule: z.literal("metrics"),
  round: z.number().nullable(),
  metrics: METRICS,
});
export type MetricsTold = z.output<typeof metricsToldSchema>;

/** A process is scraped, and asks for what the others have counted. */
export const metricsWantedSchema = z.object({
  vestibule: z.literal("metrics-wanted"),
  ask: z.number(),
  metrics: METRICS,
});
export type MetricsWanted = z.output<typeof metricsWantedSchema>;
