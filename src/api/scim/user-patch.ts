import {
  attributePath,
  attributesOf,
  attributesOfResource,
  isWholeSchema,
  type Kind,
} from "./attribute-names.ts";
import { parseFilter } from "./filter.ts";
import { matcher, type Filterable, type Filterables } from "./filter-match.ts";
import { badRequest } from "./scim-error.ts";
import { attributeAt, hasSeveralValues, type UserSaid } from "./user-attributes.ts";

/** One operation of a PATCH (RFC 7644 section 3.5.2). */
export interface PatchOperation {
  readonly op: "add" | "replace" | "remove";
  /** Null: the value names the attributes. */
  readonly path: string | null;
  readonly value: unknown;
}

const PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:patchop";
const MOST_OPERATIONS = 100;
/** Far more than any attribute needs, and so few that no path costs much to read. */
const LONGEST_PATH = 1_000;

/** The operations of a body, with the capital letters that Entra gives them. */
export function operationsOf(body: unknown): readonly PatchOperation[] {
  const fields = attributesOf(body);
  const schemas = fields.get("schemas");
  const operations = fields.get("operations");
  const isPatch =
    Array.isArray(schemas) &&
    schemas.some((each) => typeof each === "string" && each.toLowerCase() === PATCH_SCHEMA);
  if (!isPatch || !Array.isArray(operations) || operations.length === 0) {
    throw badRequest("invalidSyntax", "The body is no PatchOp with Operations.");
  }
  if (operations.length > MOST_OPERATIONS) {
    throw badRequest("tooMany", `A request may have ${String(MOST_OPERATIONS)} operations.`);
  }
  return operations.map(operationOf);
}

function operationOf(sent: unknown): PatchOperation {
  const fields = attributesOf(sent);
  const [op, path = null, value] = [fields.get("op"), fields.get("path"), fields.get("value")];
  const name = typeof op === "string" ? op.toLowerCase() : "";
  if (name !== "add" && name !== "replace" && name !== "remove") {
    throw badRequest("invalidSyntax", "An operation is none of add, replace and remove.");
  }
  if (path !== null && typeof path !== "string") {
    throw badRequest("invalidPath", "A path is no text.");
  }
  if (path !== null && path.length > LONGEST_PATH) {
    throw badRequest("invalidPath", `A path may have ${String(LONGEST_PATH)} characters.`);
  }
  if (path === null && name === "remove") {
    throw badRequest("noTarget", "What is removed needs a path.");
  }
  if (name !== "remove" && value === undefined) {
    throw badRequest("invalidValue", "An operation lacks its value.");
  }
  return { op: name, path, value };
}

/** Whether the path is the schema alone, so that the value names the attributes. It cannot be removed. */
export function namesAll(
  { op, path }: Pick<PatchOperation, "op"> & { readonly path: string },
  kind: Kind,
): boolean {
  if (!isWholeSchema(path, kind)) {
    return false;
  }
  if (op === "remove") {
    throw badRequest("invalidPath", "A path names a whole schema.");
  }
  return true;
}

/** What a PATCH says of a user; a later operation goes before an earlier one. `mail`: what the user has. */
export function readPatch(body: unknown, { mail }: { readonly mail: string | null }): UserSaid {
  let said: UserSaid = {};
  for (const operation of operationsOf(body)) {
    said = { ...said, ...readOperation(operation, said.mail === undefined ? mail : said.mail) };
  }
  return said;
}

function readOperation({ op, path, value }: PatchOperation, mail: string | null): UserSaid {
  if (path !== null && !namesAll({ op, path }, "user")) {
    return readAt({ op, path, value, isNamed: true }, mail);
  }
  return Object.fromEntries(
    [...attributesOfResource(value, "user")].flatMap(([name, each]) =>
      Object.entries(readAt({ op, path: name, value: each, isNamed: false }, mail)),
    ),
  );
}

/** `name.familyName`, `emails[type eq "work"].value`, each also after the schema of users. */
const PATH = /^([a-z$][\w$.:-]*)(?:\[(.+)\])?(?:\.([a-z$][\w$]*))?$/;

function readAt(
  {
    op,
    path,
    value,
    isNamed,
  }: Omit<PatchOperation, "path"> & { readonly path: string; readonly isNamed: boolean },
  mail: string | null,
): UserSaid {
  const [, first, filter, part] = PATH.exec(lowerOutsideQuotes(path)) ?? [];
  if (first === undefined) {
    throw badRequest("invalidPath", "A path cannot be read.");
  }
  const name = attributePath(first, "user");
  const attribute = attributeAt(part === undefined ? name : `${name}.${part}`);
  switch (attribute.kind) {
    case "not-kept":
      if (isNamed && filter !== undefined) {
        requireSeveral(name, filter);
      }
      return {};
    case "read-only":
      if (isNamed) {
        throw badRequest("mutability", "A path names what only the server writes.");
      }
      return {};
    case "unknown":
      if (isNamed) {
        throw badRequest("invalidPath", "A path names an attribute that no user has.");
      }
      return {};
    case "kept":
      return filter !== undefined && !isOfTheAddress({ op, name, filter }, mail)
        ? {}
        : attribute.read(op === "remove" ? null : value);
  }
}

/** A filter that cannot be read is wrong, also where nothing is kept. */
function requireSeveral(name: string, filter: string): void {
  if (!hasSeveralValues(name)) {
    throw badRequest("invalidPath", "A path has a filter for an attribute with one value.");
  }
  parseFilter(`${name}[${filter}]`);
}

/** The case of what is quoted counts. */
const lowerOutsideQuotes = (path: string): string =>
  path.replace(/"(?:[^"\\]|\\.)*"|[^"]+/g, (piece) => (piece.startsWith('"') ? piece : piece.toLowerCase()));

const ADDRESS: Filterables<string | null> = new Map<string, Filterable<string | null>>([
  ["emails", { kind: "presence", read: () => true }],
  ["emails.type", { kind: "text", fold: (text) => text.toLowerCase(), read: () => "work" }],
  ["emails.primary", { kind: "flag", read: () => true }],
  ["emails.value", { kind: "text", fold: (text) => text.toLowerCase(), read: (mail) => mail }],
]);

/** Whether the filter of a path means the one address that is kept. One of another type is not kept, and that is no fault. */
function isOfTheAddress(
  { op, name, filter }: { readonly op: PatchOperation["op"]; readonly name: string; readonly filter: string },
  mail: string | null,
): boolean {
  if (name !== "emails") {
    throw badRequest("invalidPath", "Only emails have several values.");
  }
  const isIt = matcher(parseFilter(`emails[${filter}]`), ADDRESS)(mail);
  if (!isIt && op !== "remove" && !/\btype\b/.test(filter)) {
    throw badRequest("noTarget", "The filter of a path finds no value.");
  }
  return isIt;
}
