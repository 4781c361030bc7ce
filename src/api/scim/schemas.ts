import { GROUP_SCHEMA } from "./group-resource.ts";
import { USER_SCHEMA } from "./user-resource.ts";

/** The attributes that are kept (RFC 7643 section 7). */

const SCHEMA_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema";

interface Described {
  readonly type?: "string" | "boolean" | "complex" | "reference";
  readonly isRequired?: boolean;
  readonly isMultiple?: boolean;
  readonly isExact?: boolean;
  readonly mutability?: "readOnly" | "readWrite" | "immutable";
  readonly uniqueness?: "none" | "server";
  readonly subAttributes?: readonly unknown[];
}

const attribute = (name: string, description: string, described: Described = {}) => {
  const { type = "string", isRequired = false, isMultiple = false, isExact = false } = described;
  const { mutability = "readWrite", uniqueness = "none", subAttributes } = described;
  return {
    ...{ name, type, description, multiValued: isMultiple, required: isRequired, caseExact: isExact },
    ...{ mutability, returned: "default", uniqueness },
    ...(subAttributes === undefined ? {} : { subAttributes }),
  };
};

const USER_ATTRIBUTES = [
  attribute("userName", "The username, unique in the office", { isRequired: true, uniqueness: "server" }),
  attribute("displayName", "The name of the user"),
  attribute("name", "The name in parts; without a displayName they are the name of the user", {
    type: "complex",
    subAttributes: [
      attribute("formatted", "The whole name"),
      attribute("givenName", "The given name"),
      attribute("familyName", "The family name"),
    ],
  }),
  attribute("emails", "The one email address", {
    ...{ type: "complex", isMultiple: true },
    subAttributes: [
      attribute("value", "The address"),
      attribute("type", "Always work", { mutability: "readOnly" }),
      attribute("primary", "Always true", { type: "boolean", mutability: "readOnly" }),
    ],
  }),
  attribute("preferredLanguage", "The language of pages and mails"),
  attribute("active", "Whether the user may sign in", { type: "boolean" }),
  attribute("groups", "The role, unless it is user", {
    ...{ type: "complex", isMultiple: true, mutability: "readOnly" },
    subAttributes: [attribute("value", "The id of the group", { mutability: "readOnly" })],
  }),
] as const;

const GROUP_ATTRIBUTES = [
  attribute("displayName", "The role", { isRequired: true, mutability: "readOnly", uniqueness: "server" }),
  attribute("members", "The users with the role", {
    ...{ type: "complex", isMultiple: true },
    subAttributes: [
      attribute("value", "The id of the user", { mutability: "immutable" }),
      attribute("display", "The name of the user", { mutability: "readOnly" }),
    ],
  }),
] as const;

export const SCHEMAS = [
  {
    ...{ schemas: [SCHEMA_SCHEMA], id: USER_SCHEMA, name: "User", description: "Users of the office" },
    attributes: USER_ATTRIBUTES,
  },
  {
    ...{ schemas: [SCHEMA_SCHEMA], id: GROUP_SCHEMA, name: "Group", description: "Roles of the office" },
    attributes: GROUP_ATTRIBUTES,
  },
] as const;
