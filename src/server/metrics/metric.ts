/** One row of docs/metrics.md. */
export interface Metric {
  /**
   * What becomes of it where a server has several processes: a counter, a histogram and a `sum` are added up; of a `gauge` the
   * highest counts.
   */
  readonly kind: "counter" | "histogram" | "sum" | "gauge";
  readonly help: string;
  /** Each label, and the values that it can have: all of them, or where they come from. Never what a request says. */
  readonly labels?: Readonly<Record<string, string | readonly string[]>>;
  /** Has the label `office` as well where VESTIBULE_METRICS_OFFICES says so. */
  readonly byOffice?: true;
  /** Upper bounds of a histogram, in seconds. */
  readonly buckets?: readonly number[];
}

/** From a fast answer to one that a user gives up on. */
export const FAST = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
