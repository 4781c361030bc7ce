import { z } from "zod";
import { AUTHENTICATIONS } from "./application-types.ts";

export const SCOPES = ["openid", "profile", "email", "phone", "office", "offline_access"] as const;

/** What is told of a person, besides who it is. */
export const PERSON_CLAIMS = [
  "name",
  "preferred_username",
  "locale",
  "email",
  "email_verified",
  "phone_number",
  "phone_number_verified",
  "office",
  "role",
] as const;

/** What ID tokens and signed userinfo can be signed with (RFC 7518, RFC 8037). The first is the default. */
export const SIGNING_ALGORITHMS = ["ES256", "RS256", "PS256", "EdDSA"] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

export const signingAlgorithm = z.enum(SIGNING_ALGORITHMS, {
  error: `must be one of ${SIGNING_ALGORITHMS.join(", ")}`,
});
const url = z.string().max(2_000);
const urlList = z.array(url).max(20).default([]);

/** What an application may be told, stored as one JSON column. */
export const applicationSettingsSchema = z.object({
  redirectUris: urlList,
  postLogoutRedirectUris: urlList,
  corsOrigins: urlList,
  backchannelLogoutUri: url.nullable().default(null),
  homeUrl: url.nullable().default(null),
  logoUrl: url.nullable().default(null),
  scopes: z.array(z.enum(SCOPES, { error: `must be of ${SCOPES.join(", ")}` })).default([...SCOPES]),
  /** An old confidential application that cannot send a code challenge; each use of this exception is in the audit log. */
  withoutPkce: z.boolean().default(false),
  /** Null: the default of its type. */
  authentication: z.enum(AUTHENTICATIONS).nullable().default(null),
  /** Its public keys, by value or by address (RFC 7517). */
  jwks: z
    .object({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(20) })
    .nullable()
    .default(null),
  jwksUri: url.nullable().default(null),
  /** Applications from before this could be chosen were told RS256. */
  idTokenAlgorithm: signingAlgorithm.default("RS256"),
  /** Userinfo as a signed JWT instead of JSON. */
  signedUserinfo: z.boolean().default(false),
  /** Tokens only for whoever proves a key (RFC 9449), requests only by the back door (RFC 9126). */
  dpop: z.boolean().default(false),
  par: z.boolean().default(false),
  /** A device without a browser shows a code, which somebody types elsewhere (RFC 8628). */
  deviceFlow: z.boolean().default(false),
  /** Requests as objects that it has signed (RFC 9101), and no other. */
  signedRequests: z.boolean().default(false),
  /** A `sub` of its own for each person, shared by the applications of its sector (OpenID Connect Core 1.0 section 8). */
  pairwise: z.boolean().default(false),
  sectorIdentifierUri: url.nullable().default(null),
  /** Claims of a person that it gets at most; null: all of its scopes. */
  claims: z
    .array(z.enum(PERSON_CLAIMS, { error: `must be of ${PERSON_CLAIMS.join(", ")}` }))
    .nullable()
    .default(null),
  /** The FAPI 2.0 Security Profile: everything strict at once. */
  fapi: z.boolean().default(false),
  /** Resource servers that it may ask access tokens for (RFC 8707). */
  resources: urlList,
  /** What it is itself as a resource server; with it, it may introspect the tokens that are meant for it. */
  resourceIdentifier: url.nullable().default(null),
  resourceScopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, "must be a scope name"))
    .max(50)
    .default([]),
  resourceTokens: z.enum(["jwt", "opaque"], { error: "must be jwt or opaque" }).default("jwt"),
  /** Seconds in which a refresh token may come a second time because its answer was lost. 0: never. */
  refreshGraceSeconds: z
    .number({ error: "must be a number of seconds" })
    .int()
    .min(0, "must be 0 to 60 seconds")
    .max(60, "must be 0 to 60 seconds")
    .default(0),
});
export type ApplicationSettings = z.output<typeof applicationSettingsSchema>;
