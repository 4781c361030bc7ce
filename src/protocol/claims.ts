import type { Account as OidcAccount, AccountClaims, Client, KoaContextWithOIDC } from "oidc-provider";
import type { Proved } from "../domain/factors/factor.ts";
import { uniqueName } from "../domain/users/unique-name.ts";
import type { Account } from "../domain/users/user.ts";

/** Scope → claims (OpenID Connect Core 1.0 section 5.4, and `office` and `groups` of ours). `acr`, `amr`, `auth_time` reach the ID token only as claims of `openid`. */
export const CLAIMS = {
  openid: ["sub", "acr", "amr", "auth_time", "sid", "iss"],
  profile: ["name", "preferred_username", "locale", "zoneinfo"],
  email: ["email", "email_verified"],
  phone: ["phone_number", "phone_number_verified"],
  office: ["office", "role"],
  groups: ["groups"],
};

/**
 * Authentication context classes (OpenID Connect Core 1.0 section 2). `trustedBrowser`: the password alone was proved,
 * in a browser that the user trusts; it is weaker than `secondFactor`, and no request can ask for it. `phishingResistant`: a second
 * factor of a kind that proves nothing to a page that only looks like ours, where the request or the office has demanded one.
 */
export const ACR = {
  password: "urn:vestibule:acr:1",
  trustedBrowser: "urn:vestibule:acr:1:trusted-browser",
  secondFactor: "urn:vestibule:acr:2",
  phishingResistant: "urn:vestibule:acr:3",
} as const;

/** What a session, code or token says the user proved. `authTime`: seconds since 1970. */
export function provedBy(of: {
  amr?: readonly string[] | undefined;
  acr?: string | undefined;
  authTime?: number | undefined;
}): Proved {
  const { amr, acr, authTime } = of;
  return { amr, codeSkippedAt: acr === ACR.trustedBrowser ? (authTime ?? null) : null };
}

/**
 * How and when the user signed in, for access tokens and introspection: a resource server can demand a stronger or a fresher
 * sign-in by it (RFC 9068 section 2.2.1, RFC 9470). A machine, which no user signs in to, is its own subject in an opaque token as it is
 * in a JWT (RFC 9068 section 2.2).
 */
export function claimsOfSignIn(ctx: KoaContextWithOIDC | undefined): Record<string, unknown> | undefined {
  const redeemed = redeemedBy(ctx);
  if (redeemed !== undefined) {
    return { acr: redeemed.acr, amr: redeemed.amr, auth_time: redeemed.authTime };
  }
  return ctx?.oidc.params?.["grant_type"] === "client_credentials"
    ? { sub: ctx.oidc.client?.clientId }
    : undefined;
}

/** What a token request redeems: it knows how and when its user signed in. Undefined for a machine, and at other endpoints. */
export function redeemedBy(ctx: KoaContextWithOIDC | undefined) {
  const { AuthorizationCode, RefreshToken, DeviceCode } = ctx?.oidc.entities ?? {};
  return RefreshToken ?? AuthorizationCode ?? DeviceCode;
}

/** The user as oidc-provider sees them, for the granted scopes that a token, or a request to userinfo, has. */
export function toOidcAccount(account: Account, client: Client | undefined): OidcAccount {
  return {
    accountId: account.id,
    claims: (_use, scope) => released(claimsOf(account, client), { scope, client }),
  };
}

/** The names of the claims that some scopes release, in the form of the `scope` parameter. */
export function claimsOfScope(scope: string): ReadonlySet<string> {
  const known = claimsOfScopes.get(scope);
  const claims = known ?? new Set(scope.split(" ").flatMap((name) => (isOfClaims(name) ? CLAIMS[name] : [])));
  if (known === undefined && claimsOfScopes.size < MOST_SCOPES) {
    claimsOfScopes.set(scope, claims);
  }
  return claims;
}

/** Applications ask for few different scopes, again and again. */
const claimsOfScopes = new Map<string, ReadonlySet<string>>();
const MOST_SCOPES = 1_000;

const isOfClaims = (scope: string): scope is keyof typeof CLAIMS => Object.hasOwn(CLAIMS, scope);

/**
 * What an application gets at most, in ID tokens and at userinfo, however it asked: the claims of the granted scopes, and of those
 * only the ones that it is limited to. oidc-provider chooses among them.
 */
function released(
  claims: AccountClaims,
  { scope, client }: { scope: string; client: Client | undefined },
): AccountClaims {
  const granted = claimsOfScope(scope);
  const most = client?.["urn:vestibule:claims"];
  const isReleased = (name: string) => granted.has(name) && (!Array.isArray(most) || most.includes(name));
  return {
    ...Object.fromEntries(Object.entries(claims).filter(([name]) => isReleased(name))),
    sub: claims.sub,
  };
}

/** All claims about a user. `claim-writers.ts` says who can choose each of them, and what applications make of it. */
function claimsOf(account: Account, client: Client | undefined): AccountClaims {
  const { office, username } = account;
  return {
    sub: account.id,
    name: account.name,
    // Stock clients take it for an identity, and each office has its own `anna` (OpenID Connect Core 1.0 section 5.7).
    preferred_username: isSwitchedOn(client, "bare_username") ? username : uniqueName(username, office.code),
    locale: account.language ?? office.language,
    // Only what the user chose: where a browser was last is no property of a person.
    ...(account.timeZone === null ? {} : { zoneinfo: account.timeZone }),
    ...mailClaims(account, client),
    // A number that no code was sent to may belong to another person, so it is left out.
    ...(account.mobile === null ? {} : { phone_number: account.mobile, phone_number_verified: true }),
    office: { id: office.id, code: office.code, name: office.name },
    role: account.role,
    // A role alone would be that role of every office.
    groups: [office.code, `${office.code}:${account.role}`],
  };
}

/**
 * An administrator can type any address, and many clients find their users by it without a look at `email_verified`. So an
 * address that is not proved is left out, as if there were none.
 */
function mailClaims({ mail, isMailProved }: Account, client: Client | undefined): Partial<AccountClaims> {
  return mail === null || !(isMailProved || isSwitchedOn(client, "unverified_email"))
    ? {}
    : { email: mail, email_verified: isMailProved };
}

const isSwitchedOn = (client: Client | undefined, name: "bare_username" | "unverified_email"): boolean =>
  client?.[`urn:vestibule:${name}`] === true;
