import type { Configuration } from "oidc-provider";
import { deriveKey, type KeyedHash } from "../kernel/secret.ts";
import { readClaimsParameter } from "./requests/claims-parameter.ts";
import type { RequestWarnings } from "./requests/limited-warnings.ts";
import { deviceFlow } from "./device-flow/device-flow.ts";
import type { Secrets } from "../platform/secrets/secrets-file.ts";
import type { OidcPages } from "./oidc-pages.ts";
import { checkRequestObject } from "./requests/request-objects.ts";
import { mayIntrospect, usesGrantedResource, type ResourceServers } from "./clients/resource-servers.ts";
import { askOrSignOut } from "./sign-out/routes.ts";

interface Deps {
  readonly settings: { readonly deviceFlow: boolean };
  readonly pages: OidcPages;
  readonly secrets: Secrets;
  readonly log: RequestWarnings;
  readonly hash: KeyedHash;
  readonly resources: ResourceServers;
}

/** Which parts of the protocol are on, with our hooks. The discovery document follows from it. */
export function oidcFeatures(deps: Deps): Configuration["features"] {
  const { pages, secrets, resources, log, hash } = deps;
  return {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: true, assertClaimsParameter: readClaimsParameter(log) },
    clientCredentials: { enabled: true },
    deviceFlow: deviceFlow(deps.settings.deviceFlow, pages),
    introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => mayIntrospect(client, token) },
    // RFC 7009 section 2.1: a client cannot revoke another client's token, nor find out whether it exists.
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    pushedAuthorizationRequests: { enabled: true },
    backchannelLogout: { enabled: true },
    jwtUserinfo: { enabled: true },
    requestObjects: { enabled: true, assertJwtClaimsAndHeader: checkRequestObject() },
    dPoP: {
      enabled: true,
      // Every process derives the same secret, so that each accepts the nonces of the others.
      nonceSecret: deriveKey(secrets.pepper, "DPoP nonces"),
      // Without a nonce, an attacker with brief access to the key could make proofs in advance (RFC 9449 section 8).
      requireNonce: () => true,
    },
    fapi: {
      enabled: true,
      profile: (_ctx, client) => (client?.["urn:vestibule:fapi"] === true ? "2.0" : undefined),
    },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (ctx, identifier, client) => resources.get(ctx, identifier, client),
      defaultResource: (ctx, client, granted) => resources.meant(ctx, client, granted),
      useGrantedResource: usesGrantedResource,
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx) => askOrSignOut(pages, hash, ctx),
      postLogoutSuccessSource: (ctx) => pages.signedOut(ctx),
    },
  };
}
