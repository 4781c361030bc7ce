import type { KoaContextWithOIDC } from "oidc-provider";
import { errors } from "./library.ts";

/**
 * Runs for every authorization request, pushed or not, after oidc-provider's own checks (`extraParams`): judges the
 * `office` parameter of ours, refuses what cannot be kept while somebody signs in, and gives first-party applications the `offline_access` that they asked for.
 */
export function readRequest(ctx: KoaContextWithOIDC, office: string | undefined): void {
  if (office !== undefined && office.length > 64) {
    throw new errors.InvalidRequest("office must be an office code");
  }
  if (
    Object.values(ctx.oidc.params ?? {}).some((value) => typeof value === "string" && value.includes("\0"))
  ) {
    throw new errors.InvalidRequest("parameters must not contain the character NUL");
  }
  restoreOfflineAccess(ctx);
}

/** oidc-provider drops `offline_access` without `prompt=consent`; a first-party application has no consent to ask for. */
function restoreOfflineAccess(ctx: KoaContextWithOIDC): void {
  const { client, params } = ctx.oidc;
  const scope = params?.["scope"];
  if (client?.["urn:vestibule:first_party"] !== true || params === undefined || typeof scope !== "string") {
    return;
  }
  const isAllowed = client.scope?.split(" ").includes("offline_access") === true;
  if (
    isAllowed &&
    askedScopes(ctx).includes("offline_access") &&
    !scope.split(" ").includes("offline_access")
  ) {
    params["scope"] = `${scope} offline_access`;
  }
}

/** The scopes as the application sent them. */
function askedScopes(ctx: KoaContextWithOIDC): string[] {
  const pushed = ctx.oidc.entities.PushedAuthorizationRequest;
  const sent: unknown = pushed === undefined ? (ctx.oidc.body ?? ctx.query) : jwtPayload(pushed.request);
  const scope = typeof sent === "object" && sent !== null && "scope" in sent ? sent.scope : "";
  return typeof scope === "string" ? scope.split(" ") : [];
}

/** Claims of a JWT that oidc-provider has verified: a pushed request, a hint. */
export function jwtPayload(jwt: string): Readonly<Record<string, unknown>> {
  const [, payload = ""] = jwt.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Record<string, unknown>;
}
