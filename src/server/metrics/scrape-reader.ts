import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import type { Meter } from "@opentelemetry/api";
import { MeterProvider, MetricReader, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { MetricPoints } from "../../platform/processes/merge-metrics.ts";

/** More values of one metric are added up in one with the label `otel_metric_overflow`. */
const MOST_VALUES = 2_000;

/** Collects when it is asked; the SDK's own exporter would open a listener that knows no health and one process. */
class PulledReader extends MetricReader {
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
}

/** The metrics of this process, collected by the SDK of OpenTelemetry and written as Prometheus reads them. */
export class ScrapeReader {
  readonly meter: Meter;
  readonly #reader = new PulledReader({ cardinalitySelector: () => MOST_VALUES });
  readonly #provider = new MeterProvider({ readers: [this.#reader] });
  readonly #serializer = new PrometheusSerializer("", false, undefined, true, true);
  #resource: ResourceMetrics["resource"] | null = null;

  constructor() {
    this.meter = this.#provider.getMeter("vestibule");
  }

  async collect(): Promise<MetricPoints[]> {
    const { resourceMetrics } = await this.#reader.collect();
    this.#resource = resourceMetrics.resource;
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics as MetricPoints[]);
  }

  /** What `collect` has returned, perhaps merged with that of other processes. */
  textOf(metrics: readonly MetricPoints[]): string {
    if (this.#resource === null) {
      return "";
    }
    const scopeMetrics = [{ scope: { name: "vestibule" }, metrics }] as unknown;
    return this.#serializer.serialize({
      resource: this.#resource,
      scopeMetrics: scopeMetrics as ResourceMetrics["scopeMetrics"],
    });
  }

  stop(): Promise<void> {
    return this.#provider.shutdown();
  }
}
