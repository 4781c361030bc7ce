import { AsyncLocalStorage } from "node:async_hooks";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Span } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type SpanExporter,
} from "@opentelemetry/sdk-trace";
import manifest from "../../../package.json" with { type: "json" };
import { hashing } from "../../domain/credentials/password.ts";
import { doneWithin } from "../../kernel/done-within.ts";
import type { Log } from "../../kernel/log.ts";
import { readTraceIds } from "../../kernel/trace-ids.ts";
import type { Work } from "../../kernel/work.ts";
import { statementWork } from "../../platform/database/database.ts";
import { providerCall } from "../../platform/messages/delivery.ts";
import type { Stoppable } from "../../platform/processes/clock-watch.ts";
import { requestWork } from "../../platform/web/request.middleware.ts";
import { stepWork } from "../../screens/sign-in/sign-in-signals.ts";
import type { TracingSettings } from "../settings/tracing-settings.ts";
import { reportedExporter } from "./reported-exporter.ts";
import { parentOf } from "./traceparent.ts";

/**
 * Traces: a span for each request, step of the journey, statement, hash and call of a provider, sent by OTLP. It is loaded where an
 * `OTEL_*` variable names an endpoint. A span has words that the program knows: no path, no value, no name and no address.
 */

/** An exporter that hangs keeps no more spans than these; what comes then is dropped. */
const LIMITS = { maxQueueSize: 2_048, maxExportBatchSize: 512, exportTimeoutMillis: 10_000 } as const;

/** For the last spans, at the end. */
const FLUSH_MS = 500;

/** What a kind of work says of itself, before and after. */
interface Described<T> {
  readonly name: (details: T) => string;
  readonly kind: SpanKind;
  readonly after?: (span: Span, details: T) => void;
  /** The parent that came with the work. */
  readonly parent?: (details: T) => Context | null;
}

/** Traces this process from now on. `exporter`: tests look at the spans themselves. */
export function startTracing(
  { service, ratio }: TracingSettings,
  log: Log,
  exporter: SpanExporter = new OTLPTraceExporter(),
): Stoppable {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": service, "service.version": manifest.version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: reportedExporter(exporter, log), ...LIMITS })],
  });
  const tracer = provider.getTracer("vestibule");
  const current = new AsyncLocalStorage<Context>();

  function watch<T>(work: Work<T>, { name, kind, after, parent }: Described<T>): () => void {
    return work.watch((details, inner) => {
      const above = parent?.(details) ?? current.getStore() ?? ROOT_CONTEXT;
      const span = tracer.startSpan(name(details), { kind }, above);
      return current.run(trace.setSpan(above, span), () => ended(span, inner, () => after?.(span, details)));
    });
  }
  const stops = [
    ...watchAll(watch),
    readTraceIds(() => {
      const ids = trace.getSpanContext(current.getStore() ?? ROOT_CONTEXT);
      return ids === undefined
        ? null
        : { traceId: ids.traceId, spanId: ids.spanId, isSampled: (ids.traceFlags & 1) === 1 };
    }),
  ];
  return {
    stop: async () => {
      stops.forEach((stop) => {
        stop();
      });
      await doneWithin(
        FLUSH_MS,
        provider.shutdown().catch(() => undefined),
      );
    },
  };
}

const watchAll = (watch: <T>(work: Work<T>, described: Described<T>) => () => void): (() => void)[] => [
  watch(requestWork, {
    name: ({ method }) => method,
    kind: SpanKind.SERVER,
    parent: ({ traceparent }) => parentOf(traceparent),
    after: (span, { method, route, status }) => {
      span.updateName(`${method} ${route()}`);
      span.setAttributes({
        "http.request.method": method,
        "http.route": route(),
        "http.response.status_code": status(),
      });
    },
  }),
  watch(stepWork, { name: ({ step, what }) => `${what} ${step}`, kind: SpanKind.INTERNAL }),
  watch(statementWork, { name: ({ name }) => `statement ${name}`, kind: SpanKind.CLIENT }),
  watch(hashing, { name: () => "hash", kind: SpanKind.INTERNAL }),
  watch(providerCall, { name: ({ channel }) => `send ${channel}`, kind: SpanKind.CLIENT }),
];

/** An error is marked, and not described: its message may quote a value. */
async function ended<R>(span: Span, work: () => Promise<R>, after: () => void): Promise<R> {
  try {
    return await work();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    after();
    span.end();
  }
}
