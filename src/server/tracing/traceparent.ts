import { ROOT_CONTEXT, trace, type Context } from "@opentelemetry/api";

/** Version, trace id, span id and flags (https://www.w3.org/TR/trace-context/#traceparent-header). */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

const isZero = (id: string): boolean => /^0+$/.test(id);

/** The span of another program that a request belongs to; null for a header that is none, which then counts as missing. */
export function parentOf(header: string): Context | null {
  const [, traceId = "", spanId = "", flags = ""] = TRACEPARENT.exec(header) ?? [];
  if (traceId === "" || isZero(traceId) || isZero(spanId)) {
    return null;
  }
  const traceFlags = Number.parseInt(flags, 16) & 1;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
