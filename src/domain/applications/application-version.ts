import { createHash } from "node:crypto";
import type { Actor } from "../access/actor.ts";
import type { Application } from "./application.ts";
import { settingsOf } from "./application-row.ts";

/** Differs between any two states of an application, whose row counts no versions. */
export function versionOfApplication(application: Application): string {
  const { name, firstParty, isDisabled } = application;
  const state = JSON.stringify([name, firstParty, isDisabled, settingsOf(application)]);
  return createHash("sha256").update(state).digest("base64url").slice(0, 22);
}

/** Whether an application tries to change another one of the management API, which may have other scopes than its own. */
export const isOutOfReach = (by: Actor, { apiScopes }: Pick<Application, "apiScopes">): boolean =>
  by.role === "application" && apiScopes.length > 0;
