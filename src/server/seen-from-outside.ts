import type { Stoppable } from "../platform/processes/clock-watch.ts";
import type { ManagementOptions } from "./metrics/management.ts";
import type { Settings } from "./settings/settings.ts";
import type { Services } from "./wiring/services.ts";

/** The listener for metrics and health; null where no setting asks for it. What is not measured costs nothing, so it is loaded here. */
export async function startManagement(
  services: Services,
  options: ManagementOptions,
): Promise<Stoppable | null> {
  const { host, port } = services.settings.management;
  if (port === null) {
    return null;
  }
  const { startManagement: start } = await import("./metrics/management.ts");
  return start(services, { host, port }, options);
}

/** Traces; null where no variable says where to send them. */
export async function startTracing(
  { tracing }: Settings,
  { log }: Pick<Services, "log">,
): Promise<Stoppable | null> {
  return tracing === null ? null : (await import("./tracing/tracing.ts")).startTracing(tracing, log);
}
