type Environment = Readonly<Record<string, string | undefined>>;

/** What decides about traces; where they go is read by the exporter itself, from variables of the same family. */
export interface TracingSettings {
  readonly service: string;
  /** The part of the traces that begin here which is exported. */
  readonly ratio: number;
}

/**
 * The `OTEL_*` variables of the OpenTelemetry specification that switch traces on. Null without an endpoint: then nothing is traced.
 * They are no settings of Vestibule's, so one that is misspelt is no fault.
 */
export function readTracing(environment: Environment): TracingSettings | null {
  // An empty variable counts as not set, as the specification demands; a file for Docker Compose makes many of them.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const hasEndpoint = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"].some(
    (name) => given[name] !== undefined,
  );
  const isOff =
    given["OTEL_SDK_DISABLED"]?.toLowerCase() === "true" || given["OTEL_TRACES_EXPORTER"] === "none";
  return hasEndpoint && !isOff
    ? { service: given["OTEL_SERVICE_NAME"] ?? "vestibule", ratio: ratioOf(given) }
    : null;
}

/** `always_on`, `always_off` and `traceidratio`, each also with `parentbased_` before it, which all of them are here. */
function ratioOf(given: Environment): number {
  const sampler = (given["OTEL_TRACES_SAMPLER"] ?? "").replace("parentbased_", "");
  const ratio = Number(given["OTEL_TRACES_SAMPLER_ARG"] ?? 1);
  if (sampler === "always_off") {
    return 0;
  }
  return sampler === "traceidratio" && ratio >= 0 && ratio <= 1 ? ratio : 1;
}
