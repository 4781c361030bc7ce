import { attributesOf } from "./attribute-names.ts";
import { FLAGS } from "./filter-match.ts";
import { badRequest } from "./scim-error.ts";

/** What a request says of a user. Undefined: nothing; null: to be removed. */
export interface UserSaid {
  readonly username?: string | null;
  readonly displayName?: string | null;
  readonly formatted?: string | null;
  readonly givenName?: string | null;
  readonly familyName?: string | null;
  readonly mail?: string | null;
  readonly language?: string | null;
  readonly externalId?: string | null;
  readonly isActive?: boolean | null;
}

/** Reads the value of one attribute. */
type Reader = (value: unknown) => UserSaid;

const NAMES: ReadonlyMap<string, "formatted" | "givenName" | "familyName"> = new Map([
  ["formatted", "formatted"],
  ["givenname", "givenName"],
  ["familyname", "familyName"],
]);

const textOf = (value: unknown): string | null => {
  if (value === null) {
    return null;
  }
  if (typeof value !== "string") {
    throw badRequest("invalidValue", "A text attribute has a value of another type.");
  }
  return value.trim() === "" ? null : value;
};

/** Entra sends "True" and "False". */
const flagOf = (value: unknown): boolean | null => {
  const flag = typeof value === "string" ? FLAGS.get(value.toLowerCase()) : value;
  if (typeof flag !== "boolean" && flag !== null) {
    throw badRequest("invalidValue", "active is neither true nor false.");
  }
  return flag;
};

function nameOf(value: unknown): UserSaid {
  if (value === null) {
    return { formatted: null, givenName: null, familyName: null };
  }
  const said = [...attributesOf(value)].flatMap(([name, text]) => {
    const field = NAMES.get(name);
    return field === undefined ? [] : [[field, textOf(text)] as const];
  });
  return Object.fromEntries(said);
}

/** Of several addresses the primary one, else that of work, else the first. */
function mailOf(value: unknown): string | null {
  if (value === null || typeof value === "string") {
    return textOf(value);
  }
  const all = (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map((each) =>
    typeof each === "string" ? new Map<string, unknown>([["value", each]]) : attributesOf(each),
  );
  const chosen =
    all.find((each) => each.has("primary") && flagOf(each.get("primary")) === true) ??
    all.find((each) => each.get("type") === "work") ??
    all[0];
  return chosen === undefined ? null : textOf(chosen.get("value") ?? null);
}

/** `nl-NL` is nl; a language that has no pages here is that of the office. */
const languageOf = (value: unknown): string | null =>
  textOf(value)
    ?.split(/[-_,;]/, 1)[0]
    ?.toLowerCase() ?? null;

/** What is kept of a user, by path in lower case. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["username", (value) => ({ username: textOf(value) })],
  ["displayname", (value) => ({ displayName: textOf(value) })],
  ["name", nameOf],
  ["name.formatted", (value) => ({ formatted: textOf(value) })],
  ["name.givenname", (value) => ({ givenName: textOf(value) })],
  ["name.familyname", (value) => ({ familyName: textOf(value) })],
  ["emails", (value) => ({ mail: mailOf(value) })],
  ["emails.value", (value) => ({ mail: textOf(value) })],
  ["preferredlanguage", (value) => ({ language: languageOf(value) })],
  ["externalid", (value) => ({ externalId: textOf(value) })],
  ["active", (value) => ({ isActive: flagOf(value) })],
]);

/** What a value of several has besides its own parts (RFC 7643 section 2.4). */
const USUAL_PARTS: readonly string[] = ["value", "display", "type", "primary", "$ref"];
const ADDRESS_PARTS: readonly string[] = [
  ...["formatted", "streetaddress", "locality", "region", "postalcode", "country", "type", "primary"],
];

/** Attributes with several values, by their parts: a filter may choose among the values. */
const SEVERAL: ReadonlyMap<string, readonly string[]> = new Map([
  ...["emails", "phonenumbers", "ims", "photos", "entitlements", "roles", "x509certificates"].map(
    (name) => [name, USUAL_PARTS] as const,
  ),
  ["addresses", ADDRESS_PARTS],
]);

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user";

/** What RFC 7643 knows besides, and directories send without being asked: it is not kept. */
const NOT_KEPT: ReadonlySet<string> = new Set([
  ...["nickname", "profileurl", "title", "usertype", "locale", "timezone", "password", "schemas"],
  ...["name.middlename", "name.honorificprefix", "name.honorificsuffix"],
  ...[...SEVERAL].flatMap(([name, parts]) => [name, ...parts.map((part) => `${name}.${part}`)]),
  ENTERPRISE,
  ...["employeenumber", "costcenter", "organization", "division", "department"].map(inEnterprise),
  ...["manager", "manager.value", "manager.$ref", "manager.displayname"].map(inEnterprise),
]);

function inEnterprise(name: string): string {
  return `${ENTERPRISE}:${name}`;
}

/** What only the server writes. */
const READ_ONLY: readonly string[] = ["id", "meta", "groups"];

export type Attribute =
  { readonly kind: "kept"; readonly read: Reader } | { readonly kind: "not-kept" | "read-only" | "unknown" };

/** The attribute of a path in lower case. `unknown`: no schema has it. */
export function attributeAt(path: string): Attribute {
  const read = READERS.get(path);
  if (read !== undefined) {
    return { kind: "kept", read };
  }
  const [first = ""] = path.split(".", 1);
  if (READ_ONLY.includes(first)) {
    return { kind: "read-only" };
  }
  return { kind: NOT_KEPT.has(path) ? "not-kept" : "unknown" };
}

/** Whether an attribute, by its path in lower case, has values among which a filter may choose. */
export const hasSeveralValues = (path: string): boolean => SEVERAL.has(path);
