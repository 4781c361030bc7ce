import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { API_SCOPE_NAMES } from "../domain/access/api-scopes.ts";
import { REFRESH_GRACE_SECONDS, SIGNING_ALGORITHMS } from "../domain/applications/application-settings.ts";
import { USER_CLAIMS } from "../domain/applications/application-settings.ts";
import { SCOPES } from "../domain/applications/application-settings.ts";
import { OperatorError } from "../kernel/errors.ts";
import { utf8 } from "../kernel/utf8.ts";
import { given, listOrNone, orNone } from "./typed-values.ts";
import { collect } from "./verb.ts";

export interface AppOptions {
  readonly type?: string;
  readonly name?: string;
  readonly redirectUri?: readonly string[];
  readonly postLogoutRedirectUri?: readonly string[];
  readonly corsOrigin?: readonly string[];
  readonly backchannelLogoutUri?: string;
  readonly homeUrl?: string;
  readonly logoUrl?: string;
  readonly scopes?: string;
  readonly firstParty?: boolean;
  readonly withoutPkce?: boolean;
  readonly withPkce?: boolean;
  readonly authentication?: string;
  readonly jwks?: string;
  readonly jwksUri?: string;
  readonly idTokenAlgorithm?: string;
  readonly signedUserinfo?: boolean;
  readonly dpop?: boolean;
  readonly par?: boolean;
  readonly fapi?: boolean;
  readonly deviceFlow?: boolean;
  readonly signedRequests?: boolean;
  readonly pairwise?: boolean;
  readonly sectorIdentifierUri?: string;
  readonly claims?: string;
  readonly idTokenClaims?: boolean;
  readonly unverifiedEmail?: boolean;
  readonly bareUsername?: boolean;
  readonly resource?: readonly string[];
  readonly resourceIdentifier?: string;
  readonly resourceScopes?: string;
  readonly resourceTokens?: string;
  readonly apiScopes?: string;
  readonly rotateRefreshTokens?: boolean;
  readonly refreshGraceSeconds?: string;
  readonly office?: string;
  readonly for?: string;
  readonly at?: string;
}

/** Options whose field has another name. */
export const NAMES = {
  redirectUris: "--redirect-uri",
  postLogoutRedirectUris: "--post-logout-redirect-uri",
  corsOrigins: "--cors-origin",
  resources: "--resource",
};

/** Options for adding and for changing an application. */
export const withSettings = (verb: Command): Command =>
  withTokens(withClaims(withProtocol(withAddresses(verb))));

const withAddresses = (verb: Command): Command =>
  verb
    .option("--name <name>", "name that users see")
    .option("--redirect-uri <uri>", "where the answer goes; may be given several times", collect)
    .option("--post-logout-redirect-uri <uri>", "where users go after signing out; several times", collect)
    .option(
      "--cors-origin <origin>",
      "origin of a single-page application; several times (default of a new one: those of its redirect URIs)",
      collect,
    )
    .option("--backchannel-logout-uri <uri>", "called when a session ends")
    .option("--home-url <url>", "address of its home page; error pages link to it")
    .option("--logo-url <url>", "address of its logo")
    .option("--scopes <scopes>", `what it may ask for, of ${SCOPES.join(",")} (default: all)`)
    .option("--first-party", "your own application: no consent is asked")
    .option(
      "--without-pkce",
      "exception for an old web application that sends neither PKCE nor a nonce; audited",
    );

const withProtocol = (verb: Command): Command =>
  verb
    .option("--authentication <how>", "secret or private_key_jwt (default: secret)")
    .option("--jwks <file>", "file with its public keys as a JSON Web Key Set")
    .option("--jwks-uri <uri>", "address of its public keys")
    .option(
      "--id-token-algorithm <alg>",
      `one of ${SIGNING_ALGORITHMS.join(", ")} (default: RS256, with --fapi ES256)`,
    )
    .option("--signed-userinfo", "answer userinfo as a signed JWT")
    .option("--dpop", "tokens only with proof of a key (RFC 9449)")
    .option("--par", "take pushed authorization requests alone (RFC 9126)")
    .option("--device-flow", "runs where there is no browser and shows a code instead (RFC 8628)")
    .option("--signed-requests", "take signed request objects alone (RFC 9101); needs --jwks or --jwks-uri")
    .option("--fapi", "the FAPI 2.0 Security Profile; needs --jwks or --jwks-uri");

const withClaims = (verb: Command): Command =>
  verb
    .option("--pairwise", "a sub of its own for each user, which other applications do not know")
    .option("--sector-identifier-uri <uri>", "lists the redirect URIs of all applications with the same sub")
    .option(
      "--claims <claims>",
      `the claims about a user that it gets at most, of ${USER_CLAIMS.join(",")}; "all": what its scopes say (default); the user is iss and sub, whatever else it gets`,
    )
    .option(
      "--id-token-claims",
      "the ID token says what userinfo says of a user, for an application that reads nothing else",
    )
    .option(
      "--unverified-email",
      "give it email addresses that are not proved too, with email_verified false; administrators may have typed them",
    )
    .option("--bare-username", "preferred_username without the office code: unique in one office only");

const withTokens = (verb: Command): Command =>
  verb
    .option("--resource <identifier>", "resource server that it may ask tokens for; several times", collect)
    .option("--resource-identifier <identifier>", "what it is itself as a resource server")
    .option("--resource-scopes <scopes>", "scopes that it knows as a resource server")
    .option("--resource-tokens <format>", "jwt or opaque: what it takes as a resource server (default: jwt)")
    .option(
      "--api-scopes <scopes>",
      `what a machine may do at the management API, in the office of --office or in every one, of ${API_SCOPE_NAMES.join(",")}`,
    )
    .option(
      "--rotate-refresh-tokens",
      "replace its refresh token at each use; without a secret or a key it is always so",
    )
    .option(
      "--refresh-grace-seconds <n>",
      `a replaced refresh token may come again for so long, 0 to 60 (default: ${String(REFRESH_GRACE_SECONDS)})`,
    );

/** The given options as fields of an application; omitted options are left out. */
export function fieldsOf(options: AppOptions): Record<string, unknown> {
  return given({
    type: options.type,
    name: options.name,
    firstParty: options.firstParty,
    withoutPkce: options.withoutPkce,
    redirectUris: listOrNone(options.redirectUri),
    postLogoutRedirectUris: listOrNone(options.postLogoutRedirectUri),
    corsOrigins: listOrNone(options.corsOrigin),
    backchannelLogoutUri: orNone(options.backchannelLogoutUri),
    homeUrl: orNone(options.homeUrl),
    logoUrl: orNone(options.logoUrl),
    scopes: words(options.scopes),
    ...protocolFieldsOf(options),
  });
}

function protocolFieldsOf(options: AppOptions): Record<string, unknown> {
  const { refreshGraceSeconds: grace, resourceScopes, apiScopes } = options;
  return {
    authentication: options.authentication,
    jwks: orNone(options.jwks, readKeys),
    jwksUri: orNone(options.jwksUri),
    idTokenAlgorithm: options.idTokenAlgorithm,
    signedUserinfo: options.signedUserinfo,
    dpop: options.dpop,
    par: options.par,
    fapi: options.fapi,
    deviceFlow: options.deviceFlow,
    signedRequests: options.signedRequests,
    pairwise: options.pairwise,
    sectorIdentifierUri: orNone(options.sectorIdentifierUri),
    claims: claimsOf(options.claims),
    idTokenClaims: options.idTokenClaims,
    unverifiedEmail: options.unverifiedEmail,
    bareUsername: options.bareUsername,
    resources: listOrNone(options.resource),
    resourceIdentifier: orNone(options.resourceIdentifier),
    resourceScopes: resourceScopes === "none" ? [] : words(resourceScopes),
    resourceTokens: options.resourceTokens,
    apiScopes: apiScopes === "none" ? [] : words(apiScopes),
    rotateRefreshTokens: options.rotateRefreshTokens,
    refreshGraceSeconds: grace === undefined ? undefined : Number(grace),
  };
}

function claimsOf(typed: string | undefined): readonly string[] | null | undefined {
  if (typed === "all") {
    return null;
  }
  return typed === "none" ? [] : words(typed);
}

const words = (typed: string | undefined) => typed?.split(/[\s,]+/).filter((word) => word !== "");

function readKeys(file: string): unknown {
  try {
    return JSON.parse(utf8(readFileSync(file)) ?? "");
  } catch (cause) {
    throw new OperatorError(`${file} cannot be read as a JSON Web Key Set.`, { cause });
  }
}
