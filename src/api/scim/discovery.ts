import { listAnswer, type ScimAnswer, type ScimRequest } from "./scim-request.ts";
import { ScimError, unknownResource } from "./scim-error.ts";
import { SCHEMAS } from "./schemas.ts";
import { GROUP_SCHEMA } from "./group-resource.ts";
import { USER_SCHEMA } from "./user-resource.ts";

/** What a directory may ask about the service (RFC 7644 section 4). */

const CONFIG_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const TYPE_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

export const getConfig = (request: ScimRequest): ScimAnswer => ({
  status: 200,
  body: {
    schemas: [CONFIG_SCHEMA],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 200 },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: "oauthbearertoken",
        name: "Bearer token",
        description: "The token that the office's console shows once",
        specUri: "https://www.rfc-editor.org/info/rfc6750",
        primary: true,
      },
    ],
    meta: { resourceType: "ServiceProviderConfig", location: `${request.root}/ServiceProviderConfig` },
  },
});

type Resource = Readonly<Record<string, unknown>> & { readonly id: string };

const schemasOf = (root: string): readonly Resource[] =>
  SCHEMAS.map((schema) => ({
    ...schema,
    meta: { resourceType: "Schema", location: `${root}/Schemas/${schema.id}` },
  }));

const typesOf = (root: string): readonly Resource[] =>
  TYPES.map((type) => ({
    schemas: [TYPE_SCHEMA],
    ...type,
    meta: { resourceType: "ResourceType", location: `${root}/ResourceTypes/${type.id}` },
  }));

const TYPES = [
  { id: "User", name: "User", endpoint: "/Users", description: "Users of the office", schema: USER_SCHEMA },
  {
    ...{ id: "Group", name: "Group", endpoint: "/Groups", description: "Roles of the office" },
    schema: GROUP_SCHEMA,
  },
] as const;

export const listSchemas = (request: ScimRequest): ScimAnswer => listOf(schemasOf(request.root), request);
export const getSchema = (request: ScimRequest): ScimAnswer => oneOf(schemasOf(request.root), request);
export const listTypes = (request: ScimRequest): ScimAnswer => listOf(typesOf(request.root), request);
export const getType = (request: ScimRequest): ScimAnswer => oneOf(typesOf(request.root), request);

/** RFC 7644 section 4: a filter is refused, and not ignored. */
function listOf(resources: readonly Resource[], { query }: ScimRequest): ScimAnswer {
  if (query.has("filter")) {
    throw new ScimError(403, "This list takes no filter.");
  }
  return listAnswer(resources, { total: resources.length, startIndex: 1 });
}

function oneOf(resources: readonly Resource[], { id }: ScimRequest): ScimAnswer {
  const found = resources.find((each) => each.id.toLowerCase() === id.toLowerCase());
  if (found === undefined) {
    throw unknownResource();
  }
  return { status: 200, body: found };
}
