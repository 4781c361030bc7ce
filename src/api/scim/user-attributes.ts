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

/** A JSON object as its attributes, by names in lower case. One that is named twice would mean one thing here and another elsewhere. */
export function attributesOf(value: unknown): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badRequest("invalidValue", "An attribute with parts has a value without them.");
  }
  const entries = Object.entries(value).map(([name, each]) => [name.toLowerCase(), each] as const);
  const attributes = new Map<string, unknown>(entries);
  if (attributes.size < entries.length) {
    throw badRequest("invalidSyntax", "An attribute is named twice.");
  }
  return attributes;
}

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

/** What RFC 7643 knows besides, and directories send without being asked: it is not kept. */
const NOT_KEPT: readonly string[] = [
  ...["nickname", "profileurl", "title", "usertype", "locale", "timezone", "password", "schemas"],
  ...["phonenumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509certificates"],
  ...["name.middlename", "name.honorificprefix", "name.honorificsuffix"],
  ...["emails.type", "emails.primary", "emails.display", "emails.$ref"],
];

/** What only the server writes. */
const READ_ONLY: readonly string[] = ["id", "meta", "groups"];

export type Attribute =
  { readonly kind: "kept"; readonly read: Reader } | { readonly kind: "not-kept" | "read-only" | "unknown" };

/** The attribute of a path in lower case. Those of extensions are not kept. */
export function attributeAt(path: string): Attribute {
  const read = READERS.get(path);
  if (read !== undefined) {
    return { kind: "kept", read };
  }
  const [first = ""] = path.split(".", 1);
  if (READ_ONLY.includes(first)) {
    return { kind: "read-only" };
  }
  const isKnown = path.startsWith("urn:") || NOT_KEPT.includes(path) || NOT_KEPT.includes(first);
  return { kind: isKnown ? "not-kept" : "unknown" };
}
