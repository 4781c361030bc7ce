import type { ProvisionedUser } from "../../domain/provisioning/provisioned-user-store.ts";
import { UUID } from "../../kernel/random.ts";
import { parseFilter } from "./filter.ts";
import { matcher, type Filterable, type Filterables } from "./filter-match.ts";
import { GROUP_SCHEMA, groupRole, GROUPS, type GroupRole } from "./group-resource.ts";
import { readGroup, readGroupPatch, type Members } from "./group-members.ts";
import { projected } from "./projection.ts";
import { ScimError, unknownResource } from "./scim-error.ts";
import { listAnswer, readPaging, type ScimAnswer, type ScimRequest } from "./scim-request.ts";
import type { ScimServices } from "./scim-services.ts";
import { refuse } from "./users.ts";

/** Groups are the roles of the office above `user`: there are always the same, and their members have the role. */

const fold = (text: string): string => text.toLowerCase();
const NAME: Filterable<GroupRole> = { kind: "text", fold, read: (role) => role };
const FILTERABLES: Filterables<GroupRole> = new Map([
  ["id", NAME],
  ["displayname", NAME],
]);

/** Lists the groups. */
export async function listGroups(services: ScimServices, request: ScimRequest): Promise<ScimAnswer> {
  const { startIndex, count } = readPaging(request.query);
  const asked = request.query.get("filter");
  const found = asked === undefined ? GROUPS : GROUPS.filter(matcher(parseFilter(asked), FILTERABLES));
  const some = found.slice(startIndex - 1, startIndex - 1 + count);
  const resources = await Promise.all(some.map((role) => resourceOf(services, request, role)));
  return listAnswer(resources, { total: found.length, startIndex });
}

/** Reads a group with its members. */
export async function getGroup(services: ScimServices, request: ScimRequest): Promise<ScimAnswer> {
  return { status: 200, body: await resourceOf(services, request, roleOf(request)) };
}

/** Makes exactly these users members. */
export async function putGroup(services: ScimServices, request: ScimRequest): Promise<ScimAnswer> {
  const role = roleOf(request);
  await change(services, request, { role, decide: () => readGroup(request.body, role) });
  return { status: 200, body: await resourceOf(services, request, role) };
}

/** Adds and removes members. */
export async function patchGroup(services: ScimServices, request: ScimRequest): Promise<ScimAnswer> {
  const role = roleOf(request);
  await change(services, request, { role, decide: (members) => readGroupPatch(request.body, role, members) });
  return { status: 204, body: null };
}

/** There are no other roles, and none goes. */
export function refuseGroup(): never {
  throw new ScimError(403, "The groups are the roles of the office: none is added and none is deleted.");
}

function roleOf({ id }: ScimRequest): GroupRole {
  const role = groupRole(id);
  if (role === null) {
    throw unknownResource();
  }
  return role;
}

async function change(
  { groups }: ScimServices,
  { office, by }: ScimRequest,
  { role, decide }: { readonly role: GroupRole; readonly decide: (members: Members) => Members },
): Promise<void> {
  const wanted = (members: readonly string[]): readonly string[] => {
    const ids = [...decide(new Set(members))];
    if (!ids.every((id) => UUID.test(id))) {
      throw unknownMember();
    }
    return ids;
  };
  const changed = await groups.changeMembers(role, wanted, { office, by });
  switch (changed.type) {
    case "changed":
      return;
    case "unknown":
      throw unknownMember();
    case "conflict":
      throw new ScimError(409, "It was changed at the same moment.");
    case "taken":
    case "last":
    case "not-permitted":
      refuse(changed);
  }
}

const unknownMember = (): ScimError =>
  new ScimError(400, "A member is no user of the office.", { scimType: "invalidValue" });

async function resourceOf(
  { users }: ScimServices,
  { office, root, projection }: ScimRequest,
  role: GroupRole,
) {
  const members: readonly ProvisionedUser[] = await users.ofRole(office.id, role);
  const resource = {
    schemas: [GROUP_SCHEMA],
    ...{ id: role, displayName: role },
    members: members.map(({ id, name }) => ({
      ...{ value: id, display: name, type: "User" },
      $ref: `${root}/Users/${id}`,
    })),
    meta: { resourceType: "Group", location: `${root}/Groups/${role}` },
  };
  return projected(resource, projection);
}
