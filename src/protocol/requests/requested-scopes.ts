import type { Client, KoaContextWithOIDC, ResponseType } from "oidc-provider";
import type { Log } from "../../kernel/log.ts";
import type { ResourceServers } from "../clients/resource-servers.ts";
import { Provider } from "../library.ts";
import { logIgnoredScopes } from "./ignored-scopes.ts";
import { requestedScopes } from "./request-parameters.ts";
import { allowedScopes, asksForSomething, invalidScope, scopeFault, scopesIn } from "./scope-faults.ts";

interface Deps {
  readonly resources: ResourceServers;
  readonly log: Log;
}

/**
 * Refuses an authorization request whose scopes are all unknown, before any page (RFC 6749 sections 3.3 and 4.1.2.1). oidc-provider
 * lets the user sign in, and then answers `access_denied`. Where some scopes are known, the others are ignored, as OpenID Connect Core
 * 1.0 section 3.1.2.1 has it; the token answer says which were granted, and the log says which were not. Runs after oidc-provider's own
 * checks (`extraParams`).
 */
export function checkScopes({ resources, log }: Deps) {
  return async (ctx: KoaContextWithOIDC, _value: unknown, client: Client): Promise<void> => {
    if (ctx.oidc.entities.PushedAuthorizationRequest !== undefined) {
      // It was checked when it was pushed.
      return;
    }
    const asked = requestedScopes(ctx);
    const named = Object.values(ctx.oidc.resourceServers ?? {}).flatMap(({ scopes }) => [...scopes]);
    const known = new Set([...allowedScopes(client), ...named]);
    if (!asksForSomething(asked, known)) {
      const ofServers = named.length > 0 ? named : await resources.scopesFor(client);
      throw invalidScope(scopeFault(asked, [...ofServers, ...allowedScopes(client)]));
    }
    logIgnoredScopes(
      log,
      ctx,
      asked.filter((scope) => !known.has(scope)),
    );
  };
}

/** Parameters that oidc-provider refuses without the scope `openid`. */
const NEED_OPENID = ["acr_values", "claims", "claims_locales", "id_token_hint", "max_age", "nonce"];

/**
 * Most libraries send a `nonce`, and oidc-provider then complains about that before it looks at the scopes: "openid scope must be
 * requested" is no help to who sent `openid,profile`. This is the first of its questions to the client that it asks once it has read the
 * request object.
 */
export function takeMissingOpenid(provider: Provider): void {
  const { prototype } = provider.Client;
  const isAllowed = prototype.responseTypeAllowed;
  Object.defineProperty(prototype, "responseTypeAllowed", {
    value(this: Client, type: ResponseType) {
      requireOpenid(this, Provider.ctx?.oidc.params ?? {});
      return isAllowed.call(this, type);
    },
  });
}

function requireOpenid(client: Client, params: Readonly<Record<string, unknown>>): void {
  const asked = scopesIn(params["scope"]);
  const needing = NEED_OPENID.find((name) => params[name] !== undefined);
  if (needing === undefined || asked.includes("openid") || !hasPlainScopes(params["scope"])) {
    return;
  }
  const allowed = allowedScopes(client);
  const servers: unknown = client["urn:vestibule:resources"];
  const mayBeOfServer = Array.isArray(servers) && servers.length > 0 && asked.length > 0;
  throw invalidScope(
    mayBeOfServer || asksForSomething(asked, new Set(allowed))
      ? `scope must contain openid, which ${needing} needs; add it, or leave ${needing} out`
      : scopeFault(asked, allowed),
  );
}

/** oidc-provider refuses other characters, which no description may quote (RFC 6749 section 5.2). */
const hasPlainScopes = (scope: unknown): boolean =>
  scope === undefined || (typeof scope === "string" && /^[\x20\x21\x23-\x5B\x5D-\x7E]*$/.test(scope));
