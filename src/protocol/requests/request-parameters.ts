import type { KoaContextWithOIDC } from "oidc-provider";
import { jwtPayload } from "./jwt-payload.ts";
import { errors } from "../library.ts";
import { refuseReplay } from "./request-objects.ts";
import { scopesIn } from "./scope-faults.ts";

/** What `prompt` may be (Initiating User Registration via OpenID Connect 1.0 section 4.1 publishes the list). */
export const PROMPT_VALUES = ["none", "login", "consent", "select_account"] as const;

/**
 * Runs for every authorization request, pushed or not, after oidc-provider's own checks (`extraParams`): checks our
 * `office` parameter, refuses parameters that cannot be stored during the sign-in, reads `prompt` as we mean it, and puts back
 * the `offline_access` that was asked for.
 */
export async function readRequest(ctx: KoaContextWithOIDC, office: string | undefined): Promise<void> {
  if (office !== undefined && office.length > 64) {
    throw new errors.InvalidRequest("office must be an office code");
  }
  if (
    Object.values(ctx.oidc.params ?? {}).some((value) => typeof value === "string" && value.includes("\0"))
  ) {
    throw new errors.InvalidRequest("parameters must not contain the character NUL");
  }
  readPrompt(ctx);
  restoreOfflineAccess(ctx);
  const object = sentObject(ctx);
  if (object !== null) {
    await refuseReplay(ctx, object);
  }
}

/**
 * `select_account` is `login`: the sign-in page is where another account is chosen (OpenID Connect Core 1.0 section 3.1.2.1). A
 * first-party application needs no consent, so it cannot ask for one.
 */
function readPrompt({ oidc: { client, params, prompts } }: KoaContextWithOIDC): void {
  if (params?.["prompt"] === undefined) {
    return;
  }
  const read = [...prompts]
    .map((prompt) => (prompt === "select_account" ? "login" : prompt))
    .filter((prompt) => prompt !== "consent" || client?.["urn:vestibule:first_party"] !== true);
  params["prompt"] = read.length === 0 ? undefined : [...new Set(read)].join(" ");
}

/**
 * oidc-provider drops `offline_access` without `prompt=consent`. Here a first-party application needs no consent, and the page
 * of all others names it, so that they need not send a prompt which would show the page at every sign-in.
 */
function restoreOfflineAccess(ctx: KoaContextWithOIDC): void {
  const { client, params } = ctx.oidc;
  const scope = params?.["scope"];
  if (params === undefined || typeof scope !== "string" || params["response_type"] !== "code") {
    return;
  }
  const isAllowed =
    client?.scope?.split(" ").includes("offline_access") === true && client.grantTypeAllowed("refresh_token");
  if (
    isAllowed &&
    requestedScopes(ctx).includes("offline_access") &&
    !scope.split(" ").includes("offline_access")
  ) {
    params["scope"] = `${scope} offline_access`;
  }
}

/** The scopes as the application sent them. */
export function requestedScopes(ctx: KoaContextWithOIDC): string[] {
  const object = ctx.oidc.entities.PushedAuthorizationRequest?.request ?? sentObject(ctx);
  const sent: unknown = object === null ? { ...ctx.query, ...ctx.oidc.body } : jwtPayload(object);
  const scope = typeof sent === "object" && sent !== null && "scope" in sent ? sent.scope : "";
  return scopesIn(scope);
}

/** The request object in this HTTP request; a pushed one came with an earlier request. An empty parameter counts as omitted (RFC 6749 section 3.1). */
function sentObject(ctx: KoaContextWithOIDC): string | null {
  const sent: Readonly<Record<string, unknown>> = { ...ctx.query, ...ctx.oidc.body };
  return typeof sent["request"] === "string" && sent["request"] !== "" ? sent["request"] : null;
}
