import type { Account as OidcAccount, AccountClaims, Client } from "oidc-provider";
import type { Proved } from "../domain/factors/factor.ts";
import type { Account } from "../domain/users/user.ts";

/** Scope → claims (OpenID Connect Core 1.0 section 5.4, and `office` of ours). `acr`, `amr`, `auth_time` reach the ID token only as claims of `openid`. */
export const CLAIMS = {
  openid: ["sub", "acr", "amr", "auth_time", "sid", "iss"],
  profile: ["name", "preferred_username", "locale"],
  email: ["email", "email_verified"],
  phone: ["phone_number", "phone_number_verified"],
  office: ["office", "role"],
};

/**
 * Authentication context classes (OpenID Connect Core 1.0 section 2). `trustedBrowser`: the password alone was proved,
 * in a browser that the person trusts; it is less than `secondFactor`, and nobody can ask for it.
 */
export const ACR = {
  password: "urn:vestibule:acr:1",
  trustedBrowser: "urn:vestibule:acr:1:trusted-browser",
  secondFactor: "urn:vestibule:acr:2",
} as const;

/** What a session, code or token says was proved. `authTime`: seconds since 1970. */
export function provedBy(of: {
  amr?: readonly string[] | undefined;
  acr?: string | undefined;
  authTime?: number | undefined;
}): Proved {
  const { amr, acr, authTime } = of;
  return { amr, sparedAt: acr === ACR.trustedBrowser ? (authTime ?? null) : null };
}

/** What oidc-provider knows of somebody. */
export function toOidcAccount(account: Account, client: Client | undefined): OidcAccount {
  return { accountId: account.id, claims: () => narrowed(claimsOf(account), client) };
}

/** An application may be given less than its scopes would tell. */
function narrowed(claims: AccountClaims, client: Client | undefined): AccountClaims {
  const most = client?.["urn:vestibule:claims"];
  return Array.isArray(most)
    ? {
        ...Object.fromEntries(Object.entries(claims).filter(([name]) => most.includes(name))),
        sub: claims.sub,
      }
    : claims;
}

/** All claims of somebody; oidc-provider gives an application those of its granted scopes. */
function claimsOf(account: Account): AccountClaims {
  const { office } = account;
  return {
    sub: account.id,
    name: account.name,
    preferred_username: account.username,
    ...(account.language === null ? {} : { locale: account.language }),
    // Proved by whoever opened a link that went there; one that an administrator has entered is not.
    ...(account.mail === null ? {} : { email: account.mail, email_verified: account.isMailProved }),
    // A number that no code was sent to is nobody's yet: it is not told.
    ...(account.mobile === null ? {} : { phone_number: account.mobile, phone_number_verified: true }),
    office: { id: office.id, code: office.code, name: office.name },
    role: account.role,
  };
}
