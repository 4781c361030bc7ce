import type { ProvisionedUser } from "../../domain/provisioning/provisioned-user-store.ts";
import { foldUsername } from "../../domain/users/username.ts";
import { groupRole } from "./group-resource.ts";
import type { Filterable, Filterables } from "./filter-match.ts";

export const USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User";

/** Rises with every change of what is shown (RFC 7644 section 3.14). */
export const versionOf = ({ version, detailsVersion }: ProvisionedUser): string =>
  `W/"${String(version)}.${String(detailsVersion)}"`;

/** A user as the protocol has it (RFC 7643 section 4.1). `root`: the address of the service. */
export function userResource(user: ProvisionedUser, root: string) {
  const { id, externalId, username, name, givenName, familyName, mail, language, status } = user;
  const group = groupRole(user.role);
  return {
    schemas: [USER_SCHEMA],
    id,
    ...(externalId === null ? {} : { externalId }),
    userName: username,
    name: {
      formatted: name,
      ...(givenName === null ? {} : { givenName }),
      ...(familyName === null ? {} : { familyName }),
    },
    displayName: name,
    ...(mail === null ? {} : { emails: [{ value: mail, type: "work", primary: true }] }),
    ...(language === null ? {} : { preferredLanguage: language }),
    active: status === "active",
    ...(group === null
      ? {}
      : { groups: [{ value: group, display: group, type: "direct", $ref: `${root}/Groups/${group}` }] }),
    meta: {
      resourceType: "User",
      created: user.createdAt.toISOString(),
      lastModified: user.changedAt.toISOString(),
      location: `${root}/Users/${id}`,
      version: versionOf(user),
    },
  };
}

const lower = (text: string): string => text.toLowerCase();
const exact = (text: string): string => text;

const text = (
  read: (user: ProvisionedUser) => string | null,
  fold: (text: string) => string = lower,
): Filterable<ProvisionedUser> => ({ kind: "text", fold, read });

/** What a filter may ask about, by path in lower case. */
export const USER_FILTERABLES: Filterables<ProvisionedUser> = new Map<string, Filterable<ProvisionedUser>>([
  ["id", text(({ id }) => id, exact)],
  ["externalid", text(({ externalId }) => externalId, exact)],
  ["username", text(({ username }) => username, foldUsername)],
  ["displayname", text(({ name }) => name)],
  ["name", { kind: "presence", read: () => true }],
  ["name.formatted", text(({ name }) => name)],
  ["name.givenname", text(({ givenName }) => givenName)],
  ["name.familyname", text(({ familyName }) => familyName)],
  ["emails", { kind: "presence", read: ({ mail }) => mail !== null }],
  ["emails.value", text(({ mail }) => mail)],
  ["emails.type", text(({ mail }) => (mail === null ? null : "work"))],
  ["emails.primary", { kind: "flag", read: ({ mail }) => (mail === null ? null : true) }],
  ["preferredlanguage", text(({ language }) => language)],
  ["groups", { kind: "presence", read: ({ role }) => groupRole(role) !== null }],
  ["groups.value", text(({ role }) => groupRole(role))],
  ["active", { kind: "flag", read: ({ status }) => status === "active" }],
  ["meta.resourcetype", text(() => "User")],
  ["meta.created", { kind: "time", read: ({ createdAt }) => createdAt }],
  ["meta.lastmodified", { kind: "time", read: ({ changedAt }) => changedAt }],
]);
