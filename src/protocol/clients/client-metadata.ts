import type { AdapterPayload, ResponseType } from "oidc-provider";
import {
  authenticationOf,
  rotatesRefreshTokens,
  type Application,
} from "../../domain/applications/application.ts";
import { isOwnApplication } from "../../domain/applications/own-application.ts";
import { rulesOf } from "../../domain/applications/application-types.ts";

/**
 * Clients: applications as oidc-provider sees them. This folder translates our applications into its metadata, checks how a client
 * authenticates, and limits which addresses the library may call. Start at `toClientMetadata`.
 */

/** A placeholder where oidc-provider requires a secret; the application service compares the real one (provider.ts). */
const SECRET_IS_HASHED = "kept as a hash";

/** An application as OpenID Connect Dynamic Client Registration 1.0 section 2 would describe it. */
export function toClientMetadata(application: Application, hasDeviceFlow: boolean): AdapterPayload {
  const { id, name, type, redirectUris, postLogoutRedirectUris, scopes } = application;
  const { grants, responseModes, redirects } = rulesOf(type);
  return {
    client_id: id,
    client_name: name,
    ...authentication(application),
    ...keys(application),
    ...(application.signedRequests ? { require_signed_request_object: true } : {}),
    subject_type: application.pairwise ? "pairwise" : "public",
    ...sector(application),
    application_type: redirects === "native" ? "native" : "web",
    ...(isOwnApplication(id)
      ? ONLY_SIGNED_IN
      : {
          grant_types: [...grants, ...(application.deviceFlow && hasDeviceFlow ? [DEVICE_CODE] : [])],
          response_types: redirectUris.length === 0 ? [] : ["code"],
        }),
    response_modes: [...responseModes],
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...postLogoutRedirectUris],
    scope: scopes.join(" "),
    id_token_signed_response_alg: application.idTokenAlgorithm,
    ...(application.signedUserinfo ? { userinfo_signed_response_alg: application.idTokenAlgorithm } : {}),
    dpop_bound_access_tokens: application.dpop || application.fapi,
    require_pushed_authorization_requests: redirects !== "none" && (application.par || application.fapi),
    ...optional("backchannel_logout_uri", application.backchannelLogoutUri),
    backchannel_logout_session_required: application.backchannelLogoutUri !== null,
    ...optional("client_uri", application.homeUrl),
    ...optional("logo_uri", application.logoUrl),
    ...ours(application),
  };
}

function authentication(application: Application): AdapterPayload {
  switch (authenticationOf(application)) {
    case "none":
      return { token_endpoint_auth_method: "none" };
    case "secret":
      return { token_endpoint_auth_method: "client_secret_basic", client_secret: SECRET_IS_HASHED };
    case "private_key_jwt":
      return { token_endpoint_auth_method: "private_key_jwt" };
  }
}

const keys = ({ jwks, jwksUri }: Application): AdapterPayload => ({
  ...(jwks === null ? {} : { jwks: { keys: [...jwks.keys] } }),
  ...optional("jwks_uri", jwksUri),
});

function ours(application: Application): AdapterPayload {
  return {
    "urn:vestibule:first_party": application.firstParty,
    "urn:vestibule:office_id": application.officeId ?? "",
    "urn:vestibule:cors_origins": [...application.corsOrigins],
    "urn:vestibule:without_pkce": application.withoutPkce,
    "urn:vestibule:type": application.type,
    "urn:vestibule:fapi": application.fapi,
    "urn:vestibule:signed_requests": application.signedRequests,
    "urn:vestibule:claims": application.claims === null ? "" : [...application.claims],
    "urn:vestibule:id_token_claims": application.idTokenClaims,
    "urn:vestibule:unverified_email": application.unverifiedEmail,
    "urn:vestibule:bare_username": application.bareUsername,
    "urn:vestibule:rotates_refresh_tokens": rotatesRefreshTokens(application),
    "urn:vestibule:resources": [...application.resources],
    "urn:vestibule:api_scopes": [...application.apiScopes],
    "urn:vestibule:resource_identifier": application.resourceIdentifier ?? "",
  };
}

/** Our own metadata, which oidc-provider passes through. */
export const EXTRA_METADATA = [
  "urn:vestibule:first_party",
  "urn:vestibule:office_id",
  "urn:vestibule:cors_origins",
  "urn:vestibule:without_pkce",
  "urn:vestibule:type",
  "urn:vestibule:fapi",
  "urn:vestibule:signed_requests",
  "urn:vestibule:claims",
  "urn:vestibule:id_token_claims",
  "urn:vestibule:unverified_email",
  "urn:vestibule:bare_username",
  "urn:vestibule:rotates_refresh_tokens",
  "urn:vestibule:resources",
  "urn:vestibule:api_scopes",
  "urn:vestibule:resource_identifier",
];

/** The origins whose scripts may call as this client. */
export function originsOf(client: Readonly<Record<string, unknown>>): readonly unknown[] {
  const origins = client["urn:vestibule:cors_origins"];
  return Array.isArray(origins) ? origins : [];
}

/** The library reads only the host, and requires https even where this computer's own addresses have http. */
const sector = ({ pairwise, sectorIdentifierUri: uri }: Application): AdapterPayload =>
  pairwise && uri !== null ? { sector_identifier_uri: `https://${new URL(uri).host}` } : {};

const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";

/** Our own pages learn only that a user is signed in. They get no code, so no token can be issued in their name. */
const ONLY_SIGNED_IN: { grant_types: string[]; response_types: ResponseType[] } = {
  grant_types: [],
  response_types: ["none"],
};

const optional = (name: string, value: string | null) => (value === null ? {} : { [name]: value });
