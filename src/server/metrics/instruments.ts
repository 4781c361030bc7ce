import type { Counter, Histogram, Meter, ObservableResult } from "@opentelemetry/api";
import { METRICS, type MetricName } from "./catalogue.ts";
import type { Metric } from "./metric.ts";

type Kind<K extends Metric["kind"]> = {
  [Name in MetricName]: (typeof METRICS)[Name] extends { readonly kind: K } ? Name : never;
}[MetricName];

/** The labels of a metric, each with a text. */
type Labels<Name extends MetricName> = (typeof METRICS)[Name] extends { readonly labels: infer L }
  ? { readonly [Label in keyof L]: string }
  : object;

/** What a metric has at the moment of a scrape. */
export interface Point<Name extends MetricName> {
  readonly labels: Labels<Name>;
  readonly value: number;
  readonly officeId?: string | null;
}

type CounterName = Kind<"counter">;
type HistogramName = Kind<"histogram">;
type ReadName = Kind<"gauge" | "sum" | "counter">;

/** The metrics of the table, as instruments. A name or a label that the table does not have does not compile. */
export class Instruments {
  readonly #meter: Meter;
  readonly #namesOffices: boolean;
  readonly #counters = new Map<string, Counter>();
  readonly #histograms = new Map<string, Histogram>();

  constructor(meter: Meter, { namesOffices }: { readonly namesOffices: boolean }) {
    this.#meter = meter;
    this.#namesOffices = namesOffices;
  }

  count<Name extends CounterName>(
    name: Name,
    labels: Labels<Name>,
    { by = 1, officeId = null }: { readonly by?: number; readonly officeId?: string | null } = {},
  ): void {
    this.#counter(name).add(by, this.#labels(name, labels, officeId));
  }

  /** `seconds` that something took. */
  time<Name extends HistogramName>(name: Name, labels: Labels<Name>, seconds: number): void {
    const histogram = this.#histograms.get(name) ?? this.#meter.createHistogram(name, optionsOf(name));
    this.#histograms.set(name, histogram);
    histogram.record(seconds, this.#labels(name, labels, null));
  }

  /**
   * Counters whose labels are all known are there from the start: without that, the first event of a process would be no increase to
   * an alert. Not those that may name an office.
   */
  startAtZero(): void {
    for (const name of COUNTED) {
      const metric: Metric = METRICS[name];
      const isNamed = this.#namesOffices && metric.byOffice === true;
      (isNamed ? [] : combinations(metric.labels ?? {})).forEach((labels) => {
        this.#counter(name).add(0, labels);
      });
    }
  }

  /** Reads the metric at each scrape. */
  read<Name extends ReadName>(name: Name, points: () => readonly Point<Name>[]): void {
    const observe = (result: ObservableResult) => {
      points().forEach(({ value, labels, officeId = null }) => {
        result.observe(value, this.#labels(name, labels, officeId));
      });
    };
    this.#observableOf(name).addCallback(observe);
  }

  #counter(name: CounterName): Counter {
    const counter = this.#counters.get(name) ?? this.#meter.createCounter(name, optionsOf(name));
    this.#counters.set(name, counter);
    return counter;
  }

  #observableOf(name: ReadName) {
    switch (METRICS[name].kind) {
      case "counter":
        return this.#meter.createObservableCounter(name, optionsOf(name));
      case "sum":
        return this.#meter.createObservableUpDownCounter(name, optionsOf(name));
      case "gauge":
        return this.#meter.createObservableGauge(name, optionsOf(name));
    }
  }

  #labels(name: MetricName, labels: object, officeId: string | null): Record<string, string> {
    const metric: Metric = METRICS[name];
    const office = this.#namesOffices && metric.byOffice === true ? { office: officeId ?? "none" } : {};
    return { ...labels, ...office };
  }
}

function optionsOf(name: MetricName) {
  const { help, buckets }: Metric = METRICS[name];
  return {
    description: help,
    ...(buckets === undefined ? {} : { advice: { explicitBucketBoundaries: [...buckets] } }),
  };
}

/** Those that are counted, and not read from elsewhere. */
const COUNTED = (Object.keys(METRICS) as MetricName[]).filter(
  (name): name is CounterName => METRICS[name].kind === "counter" && name !== "process_cpu_seconds_total",
);

/** All values of the labels with each other; none where those of one are not known. */
function combinations(labels: NonNullable<Metric["labels"]>): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (before, [label, values]) =>
      typeof values === "string"
        ? []
        : before.flatMap((one) => values.map((value) => ({ ...one, [label]: value }))),
    [{}],
  );
}
