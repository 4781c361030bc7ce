import type { ProvisionedUser, UserKey } from "../../domain/provisioning/provisioned-user-store.ts";
import type { Refused } from "../../domain/provisioning/refused.ts";
import type { WantedUser } from "../../domain/provisioning/user-provisioning.ts";
import { UUID } from "../../kernel/random.ts";
import { parseFilter, type Filter } from "./filter.ts";
import { matcher } from "./filter-match.ts";
import { projected } from "./projection.ts";
import { badRequest, ScimError, unknownResource } from "./scim-error.ts";
import { listAnswer, namesVersion, readPaging, type ScimAnswer, type ScimRequest } from "./scim-request.ts";
import type { ScimServices } from "./scim-services.ts";
import { readPatch } from "./user-patch.ts";
import { USER_FILTERABLES, userResource, versionOf } from "./user-resource.ts";
import { readUser, wantedChanged, wantedInstead, wantedNew } from "./user-wanted.ts";

/** Reads a user. */
export async function getUser(services: ScimServices, request: ScimRequest): Promise<ScimAnswer> {
  const user = await find(services, request);
  const { ifNoneMatch } = request;
  return ifNoneMatch !== null && namesVersion(ifNoneMatch, versionOf(user))
    ? { status: 304, body: null, version: versionOf(user) }
    : answerOf(user, request, 200);
}

/** Lists users; a filter by userName, externalId or id finds its user at once. */
export async function listUsers(services: ScimServices, request: ScimRequest): Promise<ScimAnswer> {
  const { query, office, projection, root } = request;
  const { startIndex, count } = readPaging(query);
  const asked = query.get("filter");
  const page = { offset: startIndex - 1, limit: count };
  const { users, total } =
    asked === undefined
      ? await services.users.page(office.id, page)
      : cut(await filtered(services, office.id, parseFilter(asked)), page);
  const resources = users.map((user) => projected(userResource(user, root), projection));
  return listAnswer(resources, { total, startIndex });
}

/** Adds a user, who is invited by mail. */
export async function addUser(services: ScimServices, request: ScimRequest): Promise<ScimAnswer> {
  const { office, by, body } = request;
  const added = await services.provisioning.add(wantedNew(readUser(body)), { office, by });
  return added.type === "added" ? answerOf(added.user, request, 201) : refuse(added);
}

/** Replaces everything that is kept of a user. */
export function putUser(services: ScimServices, request: ScimRequest): Promise<ScimAnswer> {
  const said = readUser(request.body);
  return change(services, request, (user) => wantedInstead(said, user));
}

/** Changes what the operations name. */
export function patchUser(services: ScimServices, request: ScimRequest): Promise<ScimAnswer> {
  return change(services, request, (user) => wantedChanged(readPatch(request.body, user), user));
}

/** Deletes the user for good: RFC 7644 section 3.6 has no way back either. */
export async function deleteUser(services: ScimServices, request: ScimRequest): Promise<ScimAnswer> {
  const { office, by, id, ifMatch } = request;
  const user = UUID.test(id) ? await services.find(office.id, id) : null;
  if (user === null) {
    throw unknownResource();
  }
  const check = (found: ProvisionedUser): void => {
    requireVersion(ifMatch, found);
  };
  const { type } = await services.administration.delete(user, {
    ...{ by, reason: "left" },
    first: (tx) => services.provisioning.hold(tx, { office, id }, check),
  });
  return type === "deleted"
    ? { status: 204, body: null }
    : refuse({ type: type === "last" ? "last" : "not-permitted" });
}

async function find(services: ScimServices, { office, id }: ScimRequest): Promise<ProvisionedUser> {
  const user = UUID.test(id) ? await services.users.find(office.id, { by: "id", id }) : null;
  if (user === null) {
    throw unknownResource();
  }
  return user;
}

const MOST_TRIES = 3;

async function change(
  services: ScimServices,
  request: ScimRequest,
  decide: (user: ProvisionedUser) => WantedUser,
): Promise<ScimAnswer> {
  const { office, by, id, ifMatch } = request;
  const checked = (user: ProvisionedUser): WantedUser => {
    requireVersion(ifMatch, user);
    return decide(user);
  };
  for (let tries = 1; UUID.test(id) && tries <= MOST_TRIES; tries += 1) {
    const changed = await services.provisioning.change(id, checked, { office, by });
    switch (changed.type) {
      case "changed":
        return answerOf(changed.user, request, 200);
      case "unknown":
        throw unknownResource();
      case "conflict":
        continue;
      case "taken":
      case "last":
      case "not-permitted":
        return refuse(changed);
    }
  }
  throw UUID.test(id) ? new ScimError(409, "It was changed at the same moment.") : unknownResource();
}

/** RFC 7644 section 3.14: only for those who ask. */
function requireVersion(ifMatch: string | null, user: ProvisionedUser): void {
  if (ifMatch !== null && !namesVersion(ifMatch, versionOf(user))) {
    throw new ScimError(412, "It was changed in the meantime: read it again.");
  }
}

/** Throws the error of a change that was not made. */
export function refuse({ type }: Refused): never {
  switch (type) {
    case "taken":
      throw new ScimError(409, "Another user of the office has this userName or externalId.", {
        scimType: "uniqueness",
      });
    case "last":
      throw new ScimError(409, "The office would have no active superuser.");
    case "not-permitted":
      throw new ScimError(403, "A directory may not do this to this user.");
  }
}

const answerOf = (
  user: ProvisionedUser,
  { root, projection }: ScimRequest,
  status: 200 | 201,
): ScimAnswer => ({
  status,
  body: projected(userResource(user, root), projection),
  version: versionOf(user),
  location: `${root}/Users/${user.id}`,
});

interface Found {
  readonly users: readonly ProvisionedUser[];
  readonly total: number;
}

const cut = (
  users: readonly ProvisionedUser[],
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Found => ({ users: users.slice(offset, offset + limit), total: users.length });

/** Users whom one filter may look at; RFC 7644 section 3.12 has an answer for more. */
const MOST_USERS = 20_000;
const AT_ONCE = 1_000;

async function filtered(
  { users }: ScimServices,
  officeId: string,
  filter: Filter,
): Promise<readonly ProvisionedUser[]> {
  const matches = matcher(filter, USER_FILTERABLES);
  const key = keyIn(filter);
  if (key !== null) {
    const one = key.by === "id" && !UUID.test(key.id) ? null : await users.find(officeId, key);
    return one !== null && matches(one) ? [one] : [];
  }
  const found: ProvisionedUser[] = [];
  let last: string | null = null;
  for (let seen = 0; seen < MOST_USERS; seen += AT_ONCE) {
    const some: readonly ProvisionedUser[] = await users.after(officeId, last, AT_ONCE);
    found.push(...some.filter(matches));
    last = some.at(-1)?.username ?? null;
    if (some.length < AT_ONCE) {
      return found;
    }
  }
  throw badRequest(
    "tooMany",
    "The office has too many users for this filter: ask by userName, externalId or id.",
  );
}

/** By what a filter names one user: it, or one of the parts that all have to be true. */
function keyIn(filter: Filter): UserKey | null {
  if (filter.op === "and") {
    return filter.parts.map(keyIn).find((key) => key !== null) ?? null;
  }
  if (filter.op !== "eq" || typeof filter.value !== "string") {
    return null;
  }
  const { path, value } = filter;
  switch (path) {
    case "id":
      return { by: "id", id: value };
    case "username":
      return { by: "username", username: value };
    case "externalid":
      return { by: "externalId", externalId: value };
    default:
      return null;
  }
}
