import type { KoaContextWithOIDC } from "oidc-provider";
import { jwtPayload } from "./jwt-payload.ts";
import { errors } from "../library.ts";
import { refuseReplay } from "./request-objects.ts";

/**
 * Runs for every authorization request, pushed or not, after oidc-provider's own checks (`extraParams`): judges the
 * `office` parameter of ours, refuses what cannot be kept while somebody signs in, and gives first-party applications the `offline_access` that they asked for.
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
  restoreOfflineAccess(ctx);
  const object = sentObject(ctx);
  if (object !== null) {
    await refuseReplay(ctx, object);
  }
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
  const object = ctx.oidc.entities.PushedAuthorizationRequest?.request ?? sentObject(ctx);
  const sent: unknown = object === null ? { ...ctx.query, ...ctx.oidc.body } : jwtPayload(object);
  const scope = typeof sent === "object" && sent !== null && "scope" in sent ? sent.scope : "";
  return typeof scope === "string" ? scope.split(" ") : [];
}

/** The request object that came with this very call; one that was pushed came with the call before. */
function sentObject(ctx: KoaContextWithOIDC): string | null {
  const sent: Readonly<Record<string, unknown>> = { ...ctx.query, ...ctx.oidc.body };
  return typeof sent["request"] === "string" ? sent["request"] : null;
}
