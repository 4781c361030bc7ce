import type { Account as EngineAccount, AccountClaims } from "oidc-provider";
import type { Account } from "../users/user.ts";

/** Scope → claims (OpenID Connect Core 1.0 section 5.4, and `office` of ours). `acr`, `amr`, `auth_time` reach the ID token only as claims of `openid`. */
export const CLAIMS = {
  openid: ["sub", "acr", "amr", "auth_time", "sid", "iss"],
  profile: ["name", "preferred_username", "locale"],
  email: ["email", "email_verified"],
  phone: ["phone_number", "phone_number_verified"],
  office: ["office", "role"],
};

/** Authentication context classes (OpenID Connect Core 1.0 section 2). */
export const ACR = { password: "urn:vestibule:acr:1", secondFactor: "urn:vestibule:acr:2" } as const;

/** What oidc-provider knows of somebody. */
export function toEngineAccount(account: Account): EngineAccount {
  return { accountId: account.id, claims: () => claimsOf(account) };
}

/** All claims of somebody; oidc-provider gives an application those of its granted scopes. */
function claimsOf(account: Account): AccountClaims {
  const { office } = account;
  return {
    sub: account.id,
    name: account.name,
    preferred_username: account.username,
    ...(account.language === null ? {} : { locale: account.language }),
    // Entered by an administrator and proved by nobody yet.
    ...(account.mail === null ? {} : { email: account.mail, email_verified: false }),
    // A number that no code was sent to is nobody's yet: it is not told.
    ...(account.mobile === null ? {} : { phone_number: account.mobile, phone_number_verified: true }),
    office: { id: office.id, code: office.code, name: office.name },
    role: account.role,
  };
}
