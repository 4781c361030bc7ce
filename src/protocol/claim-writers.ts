import type { USER_CLAIMS } from "../domain/applications/application-settings.ts";

/** Who can choose what a claim says, and what that means for applications. Printed in docs/security-checks.md. */
interface ClaimWriters {
  readonly writtenBy: string;
  /** What Vestibule guarantees about the value. */
  readonly guarantee: string;
  /** What stock clients do with it, by their defaults or by a setting of theirs. */
  readonly stockClients: string;
}

type Claim = "sub" | (typeof USER_CLAIMS)[number];

const SHOWN_ONLY = "They show it; none finds a user by it.";

/** Each claim about a user. An office's administrators are people whom other offices have no reason to trust. */
export const CLAIM_WRITERS: Readonly<Record<Claim, ClaimWriters>> = {
  sub: {
    writtenBy: "Vestibule: random",
    guarantee:
      "One user for ever, together with `iss`; a deleted user's is never used again. Pairwise where the application is set to it.",
    stockClients:
      "The default of Spring Security, social-auth-app-django, Auth.js, Grafana, Keycloak, dex, headscale, Kubernetes and mod_auth_openidc.",
  },
  name: {
    writtenBy: "the user, the office's superusers, an import",
    guarantee:
      "One line of at most 200 characters; no control characters, none that turn the direction. Not unique.",
    stockClients: `${SHOWN_ONLY} Keycloak splits it into two names.`,
  },
  preferred_username: {
    writtenBy: "the office's superusers, an import",
    guarantee:
      "`anna@PLAIN`: unique in the installation at any moment, in every spelling. What follows the last `@` is the office's code, and no office can write that: `anna@plain` of NOORD is `anna@plain@NOORD`. " +
      "A superuser can give a name that is free again to another user. With the switch for bare usernames it is unique in one office only.",
    stockClients:
      "Grafana makes it the login, Keycloak the user name and looks for one that exists; python-social-auth (`ID_KEY`), Spring Security (`user-name-attribute`) and Nextcloud take it for the key where they are set to it. A client that cuts off the `@` and what follows undoes the guarantee.",
  },
  locale: {
    writtenBy: "the user, the office's superusers, an import; the office's language where none is chosen",
    guarantee: "One of the languages of Vestibule; always there.",
    stockClients: SHOWN_ONLY.replace("show it", "choose a language by it"),
  },
  zoneinfo: {
    writtenBy: "the user",
    guarantee: "An IANA time zone; absent where the user has not chosen one.",
    stockClients: SHOWN_ONLY.replace("show it", "show times in it"),
  },
  email: {
    writtenBy: "the user; the office's superusers, an import",
    guarantee:
      "Only a proved address: one whose mailbox opened a link that was sent to it, or that the operator vouches for at the command line (`--mail-proved`). An address that an administrator types is left out. " +
      "Two accounts of one mailbox have the same address. With the switch for unproved addresses it is any address.",
    stockClients:
      "mozilla-django-oidc finds its users by it and oauth2-proxy makes it the user; python-social-auth (`associate_by_email`), Auth.js (`allowDangerousEmailAccountLinking`), Grafana (`oauth_allow_insecure_email_lookup`), Kubernetes (`--oidc-username-claim=email`) and step-ca (SSH) can be set to it.",
  },
  email_verified: {
    writtenBy: "Vestibule: it follows from how the address was proved",
    guarantee: "True, or absent with the address. False only with the switch for unproved addresses.",
    stockClients:
      "oauth2-proxy and Kubernetes refuse false. mozilla-django-oidc and python-social-auth do not look at it; dex and headscale only want it to be there, or can be set not to.",
  },
  phone_number: {
    writtenBy: "the user, the office's superusers and accountants, an import",
    guarantee:
      "Only a confirmed number: one whose telephone got a code that was then typed. Two users may share a telephone.",
    stockClients: SHOWN_ONLY,
  },
  phone_number_verified: {
    writtenBy: "Vestibule: true, or absent with the number",
    guarantee: "Always true.",
    stockClients: "None of them reads it.",
  },
  office: {
    writtenBy: "`id`: Vestibule. `code`: support, when the office is added. `name`: the office's superusers",
    guarantee:
      "`id` and `code` are unique and never change. `name` is not unique: NOORD may call itself what PLAIN is called.",
    stockClients: "None knows it. Those that take a path for groups can read `office.code`.",
  },
  role: {
    writtenBy: "the office's superusers, up to their own; `support` only the operator",
    guarantee:
      "The role in the user's own office. The superusers of every office have the same one: `superuser`.",
    stockClients:
      "Clients that are set to take it for groups (oauth2-proxy `oidc_groups_claim`, dex `claimMapping`, Grafana `role_attribute_path`) make the superusers of every office administrators. Take `groups` instead, unless the application belongs to one office.",
  },
  groups: {
    writtenBy: "its first part like `office.code`, its second like `role`",
    guarantee:
      "`PLAIN` and `PLAIN:superuser`. An office's code has no colon, so that no office can write another's group.",
    stockClients:
      "oauth2-proxy (`allowed_groups`), headscale (`allowed_groups`), dex, Grafana, Argo CD and Kubernetes (`--oidc-groups-claim`) decide by it who may do what.",
  },
};

/** Standard claims (OpenID Connect Core 1.0 section 5.1) that no application gets. */
export const NOT_RELEASED = [
  ...["given_name", "family_name", "middle_name", "nickname", "profile", "picture", "website"],
  ...["gender", "birthdate", "zoneinfo", "updated_at", "address"],
] as const;
