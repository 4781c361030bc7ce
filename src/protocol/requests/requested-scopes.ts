import type { Client, KoaContextWithOIDC } from "oidc-provider";
import type { ResourceServers } from "../clients/resource-servers.ts";
import { logIgnoredScopes } from "./ignored-scopes.ts";
import type { RequestWarnings } from "./limited-warnings.ts";
import { requestedScopes } from "./request-parameters.ts";
import { allowedScopes, asksForSomething, invalidScope, scopeFault } from "./scope-faults.ts";

interface Deps {
  readonly resources: ResourceServers;
  readonly log: RequestWarnings;
}

/**
 * Refuses an authorization request whose scopes are all unknown, before any page (RFC 6749 sections 3.3 and 4.1.2.1). oidc-provider
 * lets the user sign in, and then answers `access_denied`. Where some scopes are known, the others are ignored, as OpenID Connect Core
 * 1.0 section 3.1.2.1 has it; the token answer says which were granted, and the log says which were not. Runs after oidc-provider's own
 * checks (`extraParams`).
 */
export function checkScopes({ resources, log }: Deps) {
  return async (ctx: KoaContextWithOIDC, _value: unknown, client: Client): Promise<void> => {
    const asked = requestedScopes(ctx);
    const named = Object.values(ctx.oidc.resourceServers ?? {}).flatMap(({ scopes }) => [...scopes]);
    const known = new Set([...allowedScopes(client), ...named]);
    if (!asksForSomething(asked, known)) {
      const ofServers = named.length > 0 ? named : await resources.scopesFor(client);
      throw invalidScope(scopeFault(asked, [...ofServers, ...allowedScopes(client)]));
    }
    if (ctx.oidc.entities.PushedAuthorizationRequest === undefined) {
      logIgnoredScopes(
        log,
        ctx,
        asked.filter((scope) => !known.has(scope)),
      );
    }
  };
}
