import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { requireRightClock } from "../platform/processes/clock-reading.ts";
import { readSettings } from "../server/settings/settings.ts";
import type { Actor } from "../domain/access/actor.ts";
import { terminalOf } from "./terminal.ts";
import type { Work } from "./verb.ts";

/** Who the audit log names for what is done here. */
export const ACTOR = "command line";

/** The person at the terminal ranks above every role: the database is theirs anyway. */
export const OPERATOR: Actor = { id: ACTOR, officeId: null, role: "operator" };

/** Gives `work` the services of the installation that the settings name, and closes them whatever happens. */
export function withServices<Typed extends unknown[], Result>(
  work: Work<[services: Services, ...typed: Typed], Result>,
): Work<Typed, Result> {
  return async function (this: Command, ...typed: Typed) {
    const settings = readSettings(terminalOf(this).environment);
    // Loaded here, so that help and usage errors need neither the database's nor the engine's library.
    const { composeServices } = await import("../server/wiring/services.ts");
    // Standard output is the answer's alone.
    const services = await composeServices({ ...settings, logLevel: "silent" });
    try {
      await requireRightClock(services.database);
      return await work.call(this, services, ...typed);
    } finally {
      await services.close();
    }
  };
}
