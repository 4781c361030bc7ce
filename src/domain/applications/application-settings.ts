import { z } from "zod";
import { API_SCOPE_NAMES } from "../access/api-scopes.ts";
import { AUTHENTICATIONS } from "./application-types.ts";
import { normalAddress, normalOrigin } from "./normal-address.ts";

export const SCOPES = ["openid", "profile", "email", "phone", "office", "groups", "offline_access"] as const;

/** Claims about a user, besides `sub`. */
export const USER_CLAIMS = [
  "name",
  "preferred_username",
  "locale",
  "zoneinfo",
  "email",
  "email_verified",
  "phone_number",
  "phone_number_verified",
  "office",
  "role",
  "groups",
] as const;

/** Algorithms for signing ID tokens, logout tokens, userinfo and access tokens (RFC 7518, RFC 8037). */
export const SIGNING_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** What every client takes unasked (OpenID Connect Core 1.0 section 15.1). Its key is always published. */
export const DEFAULT_ALGORITHM = "RS256" as const satisfies SigningAlgorithm;
/** The same for FAPI 2.0, which forbids RS256 (Security Profile section 5.4.1). */
export const FAPI_ALGORITHM = "ES256" as const satisfies SigningAlgorithm;

export const signingAlgorithm = z.enum(SIGNING_ALGORITHMS, {
  error: `must be one of ${SIGNING_ALGORITHMS.join(", ")}`,
});
/** The default of `refreshGraceSeconds`. */
export const REFRESH_GRACE_SECONDS = 10;
const url = z.string().max(2_000);
const urlList = z.array(url).max(20).default([]);

/** The optional settings of an application, stored as one JSON column. */
export const applicationSettingsSchema = z.object({
  redirectUris: urlList,
  postLogoutRedirectUris: urlList,
  corsOrigins: urlList,
  backchannelLogoutUri: url.nullable().default(null),
  homeUrl: url.nullable().default(null),
  logoUrl: url.nullable().default(null),
  scopes: z.array(z.enum(SCOPES, { error: `must be of ${SCOPES.join(", ")}` })).default([...SCOPES]),
  /** For an old confidential client that sends neither a code challenge nor a nonce; the audit log records each use of this exception. */
  withoutPkce: z.boolean().default(false),
  /** Null: the default of its type. */
  authentication: z.enum(AUTHENTICATIONS).nullable().default(null),
  /** Its public keys, by value or by address (RFC 7517). */
  jwks: z
    .object({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(20) })
    .nullable()
    .default(null),
  jwksUri: url.nullable().default(null),
  idTokenAlgorithm: signingAlgorithm.default(DEFAULT_ALGORITHM),
  /** Userinfo as a signed JWT instead of JSON. */
  signedUserinfo: z.boolean().default(false),
  /** Sender-constrained tokens only (RFC 9449), and pushed authorization requests only (RFC 9126). */
  dpop: z.boolean().default(false),
  par: z.boolean().default(false),
  /** A device without a browser shows a code, which the user enters on another device (RFC 8628). */
  deviceFlow: z.boolean().default(false),
  /** Only signed request objects are accepted (RFC 9101). */
  signedRequests: z.boolean().default(false),
  /** A separate `sub` per user, shared by the applications of one sector (OpenID Connect Core 1.0 section 8). */
  pairwise: z.boolean().default(false),
  sectorIdentifierUri: url.nullable().default(null),
  /** The only claims about a user that it may get; null: all of its scopes. */
  claims: z
    .array(z.enum(USER_CLAIMS, { error: `must be of ${USER_CLAIMS.join(", ")}` }))
    .nullable()
    .default(null),
  /** ID tokens have the claims of the granted scopes, as userinfo has them: for an application that asks no userinfo. */
  idTokenClaims: z.boolean().default(false),
  /** It also gets email addresses that nothing proves, with `email_verified` false; an administrator may have typed them. */
  unverifiedEmail: z.boolean().default(false),
  /** `preferred_username` is `anna` and not `anna@PLAIN`: unique in one office only. */
  bareUsername: z.boolean().default(false),
  /** The FAPI 2.0 Security Profile: every strict setting at once. */
  fapi: z.boolean().default(false),
  /** Resource servers that it may request access tokens for (RFC 8707). */
  resources: urlList,
  /** Its own name as a resource server; with it, it may introspect access tokens issued for it. */
  resourceIdentifier: url.nullable().default(null),
  resourceScopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, "must be a scope name"))
    .max(50)
    .default([]),
  resourceTokens: z.enum(["jwt", "opaque"], { error: "must be jwt or opaque" }).default("jwt"),
  /** What it may do at the management API. Given by the operator alone, so that no application gives itself or another more. */
  apiScopes: z
    .array(z.enum(API_SCOPE_NAMES, { error: `must be of ${API_SCOPE_NAMES.join(", ")}` }))
    .transform((names) => API_SCOPE_NAMES.filter((scope) => names.includes(scope)))
    .default([]),
  /**
   * Each use replaces the refresh token. Public applications always have it so; for the others the secret or key proves more than
   * a new token does (RFC 9700 section 4.14.2), and FAPI 2.0 advises against it (section 5.3.2.1 item 9).
   */
  rotateRefreshTokens: z.boolean().default(false),
  /**
   * Seconds in which a rotated refresh token is still good: a response was lost, or several threads refresh at the same moment.
   * 0: never.
   */
  refreshGraceSeconds: z
    .number({ error: "must be a number of seconds" })
    .int()
    .min(0, "must be 0 to 60 seconds")
    .max(60, "must be 0 to 60 seconds")
    .default(REFRESH_GRACE_SECONDS),
});
export type ApplicationSettings = z.output<typeof applicationSettingsSchema>;

/** What has no normal form stays as it was typed, so that its fault can name it. */
const normalUrl = url.overwrite((typed) => normalAddress(typed) ?? typed);
const once = (addresses: readonly string[]): string[] => [...new Set(addresses)];
const normalUrls = z.array(normalUrl).max(20).overwrite(once).default([]);
const normalOrigins = z
  .array(url.overwrite((typed) => normalOrigin(typed) ?? typed))
  .max(20)
  .overwrite(once)
  .default([]);

/** The addresses among the settings, brought into their normal form when an administrator types them. */
export const normalisedAddresses = {
  redirectUris: normalUrls,
  postLogoutRedirectUris: normalUrls,
  corsOrigins: normalOrigins,
  backchannelLogoutUri: normalUrl.nullable().default(null),
  homeUrl: normalUrl.nullable().default(null),
  logoUrl: normalUrl.nullable().default(null),
  jwksUri: normalUrl.nullable().default(null),
  sectorIdentifierUri: normalUrl.nullable().default(null),
};
