/** The trace and the span that this moment belongs to, as W3C Trace Context writes them. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
}

type Source = () => TraceIds | null;

let source: Source | null = null;

/** Null while nothing is traced. */
export const traceIds = (): TraceIds | null => source?.() ?? null;

/** From now on the ids come from here. Returns what ends that. */
export function readTraceIds(from: Source): () => void {
  source = from;
  return () => {
    source = source === from ? null : source;
  };
}

/** The header for a call to another host (https://www.w3.org/TR/trace-context/#traceparent-header); none while nothing is traced. */
export function traceHeaders(): Record<string, string> {
  const ids = traceIds();
  return ids === null
    ? {}
    : { traceparent: `00-${ids.traceId}-${ids.spanId}-${ids.isSampled ? "01" : "00"}` };
}
