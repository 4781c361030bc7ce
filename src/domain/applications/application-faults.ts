import { hasPlainHost, NOT_PLAIN_HOST } from "../../kernel/plain-host.ts";
import { addressFault, describeAddressFault, type AddressFault } from "./address-fault.ts";
import {
  originJudge,
  redirectJudge,
  webJudge,
  type Judge,
  type Surroundings,
} from "./application-addresses.ts";
import type { ApplicationSettings } from "./application-settings.ts";
import { rulesOf, type ApplicationType } from "./application-types.ts";
import { jwksFault } from "./jwks-fault.ts";

export type Draft = ApplicationSettings & { readonly type: ApplicationType; readonly firstParty: boolean };

/** A fault of one field. */
export interface FieldFault {
  readonly path: string;
  readonly message: string;
  /** Which address it is about, for the console's own words. */
  readonly address: AddressFault | null;
}

/** Every fault of an application, each with its field. */
export function faultsOf(draft: Draft, surroundings: Surroundings): FieldFault[] {
  const others: [string, string | null][] = [
    ...draft.resources.map((resource): [string, string | null] => ["resources", resourceFault(resource)]),
    [
      "resourceIdentifier",
      draft.resourceIdentifier === null ? null : resourceFault(draft.resourceIdentifier),
    ],
    ["redirectUris", numberFault(draft)],
    ["corsOrigins", corsFault(draft)],
    ["withoutPkce", pkceFault(draft)],
    ["authentication", authenticationFault(draft)],
    ["jwks", draft.jwks === null ? null : jwksFault(draft.jwks)],
    ["jwksUri", keysFault(draft)],
    ["fapi", fapiFault(draft)],
    ["deviceFlow", draft.deviceFlow && !rulesOf(draft.type).device ? "is for native applications" : null],
    ["rotateRefreshTokens", rotationFault(draft)],
    ["signedRequests", signedRequestsFault(draft)],
    ["pairwise", pairwiseFault(draft)],
    ["apiScopes", draft.apiScopes.length > 0 && draft.type !== "machine" ? "is for machines" : null],
  ];
  const found = others.flatMap(([path, message]) =>
    message === null ? [] : [{ path, message, address: null }],
  );
  return [...addressFaultsOf(draft, surroundings), ...found];
}

function addressFaultsOf(draft: Draft, surroundings: Surroundings): FieldFault[] {
  const redirect = redirectJudge(draft.type, surroundings);
  const web = webJudge(surroundings);
  const judged: [string, readonly (string | null)[], Judge][] = [
    ["redirectUris", draft.redirectUris, redirect],
    ["postLogoutRedirectUris", draft.postLogoutRedirectUris, redirect],
    ["corsOrigins", draft.corsOrigins, originJudge(surroundings)],
    ["backchannelLogoutUri", [draft.backchannelLogoutUri], web],
    ["homeUrl", [draft.homeUrl], web],
    ["logoUrl", [draft.logoUrl], web],
    ["jwksUri", [draft.jwksUri], web],
    ["sectorIdentifierUri", [draft.sectorIdentifierUri], web],
  ];
  return judged.flatMap(([path, addresses, judge]) =>
    addresses.flatMap((each) => {
      const address = each === null ? null : addressFault(each, judge);
      return address === null ? [] : [{ path, address, message: describeAddressFault(address) }];
    }),
  );
}

function numberFault({ type, redirectUris, deviceFlow }: Draft): string | null {
  if (rulesOf(type).redirects === "none") {
    return redirectUris.length > 0 ? "a machine signs in no users and has no redirect URI" : null;
  }
  return redirectUris.length === 0 && !deviceFlow ? "at least one redirect URI is needed" : null;
}

const corsFault = ({ corsOrigins, type }: Draft): string | null =>
  corsOrigins.length > 0 && !rulesOf(type).cors
    ? "only a single-page application calls from a browser"
    : null;

function pkceFault({ withoutPkce, type }: Draft): string | null {
  return withoutPkce && rulesOf(type).pkce !== "with-exceptions"
    ? "only a web application may do without PKCE"
    : null;
}

function authenticationFault({ type, authentication, fapi }: Draft): string | null {
  const allowed = rulesOf(type).authentication;
  if (authentication !== null && !allowed.includes(authentication)) {
    return `a ${type} application can have ${allowed.join(" or ")}`;
  }
  return fapi && authentication === "secret" ? "FAPI 2.0 knows private_key_jwt alone" : null;
}

/** Keys only where they are needed, and from one source, so that it is clear which set counts. */
function keysFault({ authentication, fapi, jwks, jwksUri }: Draft): string | null {
  if (jwks !== null && jwksUri !== null) {
    return "give the keys or their address, not both";
  }
  const isNeeded = fapi || authentication === "private_key_jwt";
  return isNeeded && jwks === null && jwksUri === null
    ? "private_key_jwt needs the application's public keys or their address"
    : null;
}

/** FAPI 2.0 Security Profile sections 5.3.2.1 and 5.3.2.2. */
function fapiFault({ fapi, type, withoutPkce, idTokenAlgorithm, redirectUris }: Draft): string | null {
  if (!fapi) {
    return null;
  }
  if (!rulesOf(type).authentication.includes("private_key_jwt")) {
    return "is for applications that can keep a key";
  }
  if (withoutPkce) {
    return "allows no exception from PKCE";
  }
  if (idTokenAlgorithm === "RS256") {
    return "needs ES256, PS256 or EdDSA for ID tokens: give ES256 as well";
  }
  return redirectUris.every((uri) => uri.startsWith("https:")) ? null : "needs https redirect URIs";
}

/** RFC 8707 section 2: an absolute URI without a fragment. It is a name and is never fetched. */
function resourceFault(identifier: string): string | null {
  if (!URL.canParse(identifier) || !/^https?:\/\/[^\s#?\\]+$/.test(identifier)) {
    return "must be an address such as https://api.example.com, without a query or fragment";
  }
  const url = new URL(identifier);
  if (url.username !== "" || url.password !== "") {
    return "must not have a user name";
  }
  return hasPlainHost(url) ? null : NOT_PLAIN_HOST;
}

function signedRequestsFault({ signedRequests, type, jwks, jwksUri }: Draft): string | null {
  if (!signedRequests) {
    return null;
  }
  if (type !== "web") {
    return "is for web applications, which can keep a key";
  }
  return jwks === null && jwksUri === null ? "needs the application's public keys or their address" : null;
}

function rotationFault({ rotateRefreshTokens, refreshGraceSeconds, fapi, type }: Draft): string | null {
  if (!rotateRefreshTokens) {
    return null;
  }
  if (rulesOf(type).redirects === "none") {
    return "a machine signs in no users and has no refresh tokens";
  }
  // FAPI 2.0 Security Profile section 5.3.2.1 item 9: an application that has lost the answer tries again with the old token.
  return fapi && refreshGraceSeconds < FAPI_GRACE_SECONDS
    ? `needs ${String(FAPI_GRACE_SECONDS)} seconds of grace with FAPI 2.0`
    : null;
}

const FAPI_GRACE_SECONDS = 60;

/** OpenID Connect Core 1.0 section 8.1: without a sector identifier, the host of the redirect URIs is the sector. */
function pairwiseFault({ pairwise, type, sectorIdentifierUri, redirectUris }: Draft): string | null {
  if (!pairwise) {
    return sectorIdentifierUri === null ? null : "is needed where a sector identifier is given";
  }
  if (rulesOf(type).redirects !== "web") {
    return "is for web and browser applications";
  }
  const hosts = new Set(redirectUris.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).host));
  return sectorIdentifierUri === null && hosts.size > 1
    ? "needs a sector identifier where the redirect URIs have different hosts"
    : null;
}
