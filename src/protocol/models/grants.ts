import type { Grant, KoaContextWithOIDC } from "oidc-provider";

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
