import { attributePath, attributesOf, attributesOfResource } from "./attribute-names.ts";
import { parseFilter } from "./filter.ts";
import { groupRole, type GroupRole } from "./group-resource.ts";
import { badRequest } from "./scim-error.ts";
import { namesAll, operationsOf, type PatchOperation } from "./user-patch.ts";

/** Ids of users. */
export type Members = ReadonlySet<string>;

const MOST_MEMBERS = 1_000;

/** The members of a whole group; a missing list has none. */
export function readGroup(body: unknown, role: GroupRole): Members {
  const fields = attributesOfResource(body, "group");
  requireName(fields, role);
  return new Set(idsOf(fields.get("members") ?? []));
}

/** The members after a PATCH. */
export const readGroupPatch = (body: unknown, role: GroupRole, before: Members): Members =>
  operationsOf(body).reduce((members, operation) => afterOperation(operation, role, members), before);

/** Also after the schema of groups (RFC 7644 section 3.10). */
const FILTERED = /^(?:urn:ietf:params:scim:schemas:core:2\.0:group:)?members\[(.+)\]$/i;

function afterOperation({ op, path, value }: PatchOperation, role: GroupRole, members: Members): Members {
  if (path === null || namesAll({ op, path }, "group")) {
    const fields = attributesOfResource(value, "group");
    requireName(fields, role);
    return fields.has("members") ? after(op, members, idsOf(fields.get("members"))) : members;
  }
  const name = attributePath(path, "group");
  if (name === "displayname" && op !== "remove") {
    requireName(new Map([["displayname", value]]), role);
    return members;
  }
  if (name === "externalid") {
    return members;
  }
  if (name === "members") {
    // Entra names those to remove in the value; without any, all of them go.
    const all = op === "remove" && (value === undefined || value === null);
    return after(op, members, all ? [...members] : idsOf(value));
  }
  const filter = FILTERED.exec(path)?.[1];
  if (filter === undefined || op !== "remove") {
    throw badRequest("invalidPath", "A path names what no group has.");
  }
  return after("remove", members, [idIn(filter)]);
}

function after(op: PatchOperation["op"], members: Members, ids: readonly string[]): Members {
  switch (op) {
    case "add":
      return new Set([...members, ...ids]);
    case "replace":
      return new Set(ids);
    case "remove":
      return new Set([...members].filter((id) => !ids.includes(id)));
  }
}

/** The one user of `value eq "…"`. */
function idIn(text: string): string {
  const filter = parseFilter(text);
  if (filter.op !== "eq" || filter.path !== "value" || typeof filter.value !== "string") {
    throw badRequest("invalidFilter", "Members are removed by value eq.");
  }
  return filter.value;
}

function idsOf(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (all.length > MOST_MEMBERS) {
    throw badRequest("tooMany", `A request may name ${String(MOST_MEMBERS)} members.`);
  }
  return all.map((each) => {
    const id = attributesOf(each).get("value");
    if (typeof id !== "string") {
      throw badRequest("invalidValue", "A member has no value.");
    }
    return id;
  });
}

function requireName(fields: ReadonlyMap<string, unknown>, role: GroupRole): void {
  const name = fields.get("displayname");
  if (name !== undefined && (typeof name !== "string" || groupRole(name) !== role)) {
    throw badRequest("mutability", "The groups are the roles of the office: none has another name.");
  }
}
