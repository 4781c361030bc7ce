import { getConfig, getSchema, getType, listSchemas, listTypes } from "./discovery.ts";
import { getGroup, listGroups, patchGroup, putGroup, refuseGroup } from "./groups.ts";
import { ScimError } from "./scim-error.ts";
import type { ScimAnswer, ScimRequest } from "./scim-request.ts";
import type { ScimServices } from "./scim-services.ts";
import { addUser, deleteUser, getUser, listUsers, patchUser, putUser } from "./users.ts";

export const SCIM_PATH = "/scim/v2";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Route {
  readonly method: Method;
  /** Below the root; `:id` is the last part. */
  readonly path: string;
  readonly hasBody: boolean;
  readonly work: (services: ScimServices, request: ScimRequest) => Promise<ScimAnswer> | ScimAnswer;
}

const route = (method: Method, path: string, work: Route["work"]): Route => ({
  ...{ method, path, work },
  hasBody: method === "POST" || method === "PUT" || method === "PATCH",
});

const ROUTES: readonly Route[] = [
  route("GET", "/Users", listUsers),
  route("POST", "/Users", addUser),
  route("GET", "/Users/:id", getUser),
  route("PUT", "/Users/:id", putUser),
  route("PATCH", "/Users/:id", patchUser),
  route("DELETE", "/Users/:id", deleteUser),
  route("GET", "/Groups", listGroups),
  route("POST", "/Groups", refuseGroup),
  route("GET", "/Groups/:id", getGroup),
  route("PUT", "/Groups/:id", putGroup),
  route("PATCH", "/Groups/:id", patchGroup),
  route("DELETE", "/Groups/:id", refuseGroup),
  route("GET", "/ServiceProviderConfig", (_services, request) => getConfig(request)),
  route("GET", "/Schemas", (_services, request) => listSchemas(request)),
  route("GET", "/Schemas/:id", (_services, request) => getSchema(request)),
  route("GET", "/ResourceTypes", (_services, request) => listTypes(request)),
  route("GET", "/ResourceTypes/:id", (_services, request) => getType(request)),
];

/** RFC 7644 has these, and a server need not (sections 3.4.3, 3.7 and 3.11). */
const NOT_DONE: readonly string[] = ["/Bulk", "/Me", "/.search", "/Users/.search", "/Groups/.search"];

export const ROUTE_LIST: readonly { methods: string[]; path: string }[] = ROUTES.map(({ method, path }) => ({
  methods: [method],
  path: `${SCIM_PATH}${path}`,
}));

/** The routes of an address. Null where nothing is. */
export function findRoute(path: string): { readonly routes: readonly Route[]; readonly id: string } | null {
  const below = path.startsWith(`${SCIM_PATH}/`) ? path.slice(SCIM_PATH.length) : "";
  if (NOT_DONE.includes(below)) {
    throw new ScimError(501, "This part of SCIM is not supported.");
  }
  const [, kind = "", id = null, ...more] = below.split("/");
  const wanted = id === null ? `/${kind}` : `/${kind}/:id`;
  const routes = ROUTES.filter((each) => each.path === wanted);
  return routes.length === 0 || more.length > 0 ? null : { routes, id: decoded(id ?? "") };
}

/** Many libraries encode the colons of a schema's name. What cannot be decoded is the id of nothing. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return "";
  }
}
