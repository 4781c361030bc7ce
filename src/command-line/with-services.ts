import type { Services } from "../compose.ts";
import { requireRightClock } from "../processes/clock-watch.ts";
import { readSettings } from "../settings.ts";
import type { Actor } from "../users/actor.ts";
import { environment } from "./environment.ts";

/** Who the audit log names for what is done here. */
export const ACTOR = "command line";

/** Whoever types the commands stands above every role: the database is theirs anyway. */
export const OPERATOR: Actor = { id: ACTOR, officeId: null, role: "operator" };

/** Gives `work` the services of the installation that the settings name, and closes them whatever happens. */
export function withServices<Typed extends unknown[], Result>(
  work: (services: Services, ...typed: Typed) => Promise<Result>,
): (...typed: Typed) => Promise<Result> {
  return async (...typed) => {
    const settings = readSettings(environment);
    // Loaded here, so that help and usage errors need neither the database's nor the engine's library.
    const { composeServices } = await import("../compose.ts");
    // Standard output is the answer's alone.
    const services = await composeServices({ ...settings, logLevel: "silent" });
    try {
      await requireRightClock(services.database);
      return await work(services, ...typed);
    } finally {
      await services.close();
    }
  };
}
