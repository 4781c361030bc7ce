import type { KoaContextWithOIDC } from "oidc-provider";
import { isVisitor } from "../models/oidc-events.ts";
import type { RequestWarnings } from "./limited-warnings.ts";

/** Scopes of one line, at most. */
const MAX_LOGGED = 10;

/**
 * Logs that an application asked for scopes that it did not get although it got others, so that its developer is not left to compare
 * answers. Names of scopes are no secrets, and hold visible ASCII characters only: oidc-provider has refused all others.
 */
export function logIgnoredScopes(
  log: RequestWarnings,
  ctx: KoaContextWithOIDC,
  scopes: readonly string[],
): void {
  if (scopes.length === 0) {
    return;
  }
  const visitor: unknown = ctx.state["visitor"];
  log.warn(
    {
      application: ctx.oidc.client?.clientId ?? null,
      endpoint: ctx.path,
      scopes: scopes.slice(0, MAX_LOGGED).map((scope) => scope.slice(0, 100)),
      requestId: isVisitor(visitor) ? visitor.requestId : null,
    },
    "scopes of a request were ignored",
  );
}
