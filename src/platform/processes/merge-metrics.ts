/**
 * Metrics of several processes of one server as those of one. What a process has is data as the SDK of OpenTelemetry collects it, sent
 * as JSON. This file imports nothing of that, because the primary process loads nothing of the server.
 */

/** The kinds of data points that a Prometheus text has, by the numbers that the SDK gives them. */
const POINTS = { histogram: 0, gauge: 2, sum: 3 } as const;

interface HistogramValue {
  readonly buckets: { readonly boundaries: readonly number[]; readonly counts: readonly number[] };
  readonly sum?: number | undefined;
  readonly count: number;
}

interface DataPoint {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number | HistogramValue;
}

export interface MetricPoints {
  readonly descriptor: { readonly name: string };
  readonly dataPointType: number;
  readonly isMonotonic?: boolean | undefined;
  readonly dataPoints: readonly DataPoint[];
}

/** Adds up counters, histograms and sums; of a gauge the highest value counts. */
export function mergeMetrics(all: readonly (readonly MetricPoints[])[]): MetricPoints[] {
  const merged = new Map<string, MetricPoints>();
  for (const metric of all.flat()) {
    const { name } = metric.descriptor;
    const before = merged.get(name);
    merged.set(name, before === undefined ? metric : { ...before, dataPoints: mergePoints(before, metric) });
  }
  return [...merged.values()];
}

/** What of a process that has ended still counts: or each end would look as if all had started anew. */
export const whatRemains = (metrics: readonly MetricPoints[]): MetricPoints[] =>
  metrics.filter(
    ({ dataPointType, isMonotonic }) =>
      dataPointType === POINTS.histogram || (dataPointType === POINTS.sum && isMonotonic === true),
  );

function mergePoints(one: MetricPoints, other: MetricPoints): DataPoint[] {
  const points = new Map<string, DataPoint>();
  for (const point of [...one.dataPoints, ...other.dataPoints]) {
    const key = JSON.stringify(Object.entries(point.attributes).sort());
    const before = points.get(key);
    const value = before === undefined ? point.value : joined(one.dataPointType, before.value, point.value);
    points.set(key, { ...point, value });
  }
  return [...points.values()];
}

function joined(kind: number, one: DataPoint["value"], other: DataPoint["value"]): DataPoint["value"] {
  if (typeof one === "number" && typeof other === "number") {
    return kind === POINTS.gauge ? Math.max(one, other) : one + other;
  }
  return typeof one === "object" && typeof other === "object" ? addHistograms(one, other) : other;
}

const addHistograms = (one: HistogramValue, other: HistogramValue): HistogramValue => ({
  buckets: {
    boundaries: one.buckets.boundaries,
    counts: one.buckets.counts.map((count, place) => count + (other.buckets.counts[place] ?? 0)),
  },
  sum: (one.sum ?? 0) + (other.sum ?? 0),
  count: one.count + other.count,
});
