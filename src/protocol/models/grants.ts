import type { Grant, KoaContextWithOIDC, Provider } from "oidc-provider";
import type { AskedConsent } from "../requests/asked-consent.ts";

/**
 * The grant of a request (`loadExistingGrant`). First-party applications get what they ask for without a page; all others
 * get what the user consented to.
 */
export async function loadGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { client, session, result, provider } = ctx.oidc;
  if (client === undefined || session === undefined) {
    return undefined;
  }
  const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  // After a revocation the session still names the deleted grant.
  const found = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  if (client["urn:vestibule:first_party"] !== true || session.accountId === undefined) {
    return found;
  }
  const grant = found ?? new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  const hasGrown = [grantEverythingAsked(ctx, grant), grantResources(ctx, grant)].some((grown) => grown);
  if (hasGrown) {
    await grant.save();
  }
  return grant;
}

/** Returns whether the grant has changed. */
function grantEverythingAsked(ctx: KoaContextWithOIDC, grant: Grant): boolean {
  const known = new Set(grant.getOIDCScopeEncountered().split(" "));
  const scopes = [...ctx.oidc.requestParamOIDCScopes].filter((scope) => !known.has(scope));
  if (scopes.length > 0) {
    grant.addOIDCScope(scopes.join(" "));
  }
  return scopes.length > 0;
}

/** Adds the requested scopes of resource servers; oidc-provider has already checked that the client may ask for them. */
function grantResources(ctx: KoaContextWithOIDC, grant: Grant): boolean {
  const asked = [...ctx.oidc.requestParamScopes];
  const missing = Object.entries(ctx.oidc.resourceServers ?? {}).flatMap(([identifier, server]) => {
    const known = new Set(grant.getResourceScopeEncountered(identifier).split(" "));
    const scopes = asked.filter((scope) => server.scopes.has(scope) && !known.has(scope));
    return scopes.length === 0 ? [] : [{ identifier, scopes }];
  });
  missing.forEach(({ identifier, scopes }) => {
    grant.addResourceScope(identifier, scopes.join(" "));
  });
  return missing.length > 0;
}

/** What a user has refused of what an application asks for. Access while the user is away is the only scope that can be refused alone. */
export type Refused = readonly "offline_access"[];

/**
 * Adds to a grant what the user has agreed to. What is refused is remembered, so that it is not asked again at every sign-in, and ends
 * the refresh tokens that were issued for it.
 */
export async function addConsent(
  provider: Provider,
  grant: Grant,
  { asked, refused }: { readonly asked: AskedConsent; readonly refused: Refused },
): Promise<void> {
  const isRefused = (scope: string) => refused.some((each) => each === scope);
  if (refused.some((scope) => grant.getOIDCScope().split(" ").includes(scope))) {
    await provider.RefreshToken.revokeByGrantId(grant.jti);
  }
  const agreed = asked.scopes.filter((scope) => !isRefused(scope));
  // A grant masks what it has granted by what was ever rejected, so the answer of today replaces an older one.
  const rejected = grant.getRejectedOIDCScope().split(" ");
  const granted = (grant.openid?.scope ?? "").split(" ");
  setScopes(grant, [...granted.filter((scope) => !isRefused(scope)), ...agreed]);
  grant.rejected ??= {};
  setScopes(grant.rejected, [...rejected.filter((scope) => !agreed.includes(scope)), ...refused]);
  asked.resources.forEach((scopes, identifier) => {
    grant.addResourceScope(identifier, scopes.join(" "));
  });
}

function setScopes(of: Pick<Grant, "openid">, scopes: readonly string[]): void {
  of.openid = { ...of.openid, scope: [...new Set(scopes.filter((scope) => scope !== ""))].join(" ") };
}
