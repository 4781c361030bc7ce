import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { requireRightClock } from "../platform/processes/clock-reading.ts";
import { readSettings } from "../server/settings/settings.ts";
import type { Actor } from "../domain/access/actor.ts";
import type { NamedActor } from "../domain/audit/named-actors.ts";
import { terminalOf } from "./terminal.ts";
import type { Work } from "./verb.ts";

/** The actor in the audit log for commands. */
export const ACTOR = "command line" satisfies NamedActor;

/** The operator ranks above every role, because they have the database anyway. */
export const OPERATOR: Actor = { id: ACTOR, officeId: null, role: "operator" };

/** Opens the services of the installation for `work`, and always closes them. */
export function withServices<Typed extends unknown[], Result>(
  work: Work<[services: Services, ...typed: Typed], Result>,
): Work<Typed, Result> {
  return async function (this: Command, ...typed: Typed) {
    const settings = readSettings(terminalOf(this).environment);
    // Loaded here, so that help and usage errors load neither pg nor oidc-provider.
    const { composeServices } = await import("../server/wiring/services.ts");
    // Standard output is only for the answer.
    const services = await composeServices({ ...settings, logLevel: "silent" });
    try {
      await requireRightClock(services.database);
      return await work.call(this, services, ...typed);
    } finally {
      await services.close();
    }
  };
}
