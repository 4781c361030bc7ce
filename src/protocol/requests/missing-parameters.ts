import type { Client, ResponseType } from "oidc-provider";
import { Provider } from "../library.ts";
import { allowedScopes, asksForSomething, invalidScope, scopeFault, scopesIn } from "./scope-faults.ts";

/** Parameters that oidc-provider refuses without the scope `openid`. */
const NEED_OPENID = ["acr_values", "claims", "claims_locales", "id_token_hint", "max_age", "nonce"];

/**
 * Names what is missing in an authorization request, where oidc-provider blames what is there. Its questions to the client are the first
 * hooks that see the parameters of a request object.
 */
export function takeMissingParameters(provider: Provider): void {
  const { prototype } = provider.Client;
  const { responseTypeAllowed, responseModeAllowed } = prototype;
  Object.defineProperty(prototype, "responseTypeAllowed", {
    // Most libraries send a nonce. "openid scope must be requested" for it is no help to who sent `openid,profile`.
    value(this: Client, type: ResponseType) {
      requireOpenid(this, Provider.ctx?.oidc.params ?? {});
      return responseTypeAllowed.call(this, type);
    },
  });
  Object.defineProperty(prototype, "responseModeAllowed", {
    // Without a response_type there is no response_mode either; and a machine has neither.
    value(this: Client, ...asked: Parameters<typeof responseModeAllowed>) {
      const [mode] = asked;
      return mode === undefined || this.responseTypes?.length === 0 || responseModeAllowed.apply(this, asked);
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
