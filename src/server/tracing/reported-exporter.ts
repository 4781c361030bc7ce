import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { Log } from "../../kernel/log.ts";

/**
 * Without this, a collector that refuses every span (a wrong port, a wrong token) would be noticed by nothing but the traces that are
 * missing: the SDK keeps such errors to itself. Said once, until spans arrive again.
 */
export function reportedExporter(exporter: SpanExporter, log: Pick<Log, "info" | "warn">): SpanExporter {
  let isFailing = false;
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        const { code, error }: { readonly code: number; readonly error?: Error } = result;
        const hasFailed = code !== DONE;
        if (hasFailed && !isFailing) {
          log.warn({ error }, "traces do not reach their collector, and are dropped");
        }
        if (!hasFailed && isFailing) {
          log.info("traces reach their collector again");
        }
        isFailing = hasFailed;
        done(result);
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/** `ExportResultCode.SUCCESS`, which is in a package of the SDK that nothing else needs. */
const DONE = 0;
