import { badRequest } from "./scim-error.ts";

/** Names of attributes in bodies, paths and filters. They are compared without their case (RFC 7643 section 2.1). */

/** The two resources that have a schema of their own here. */
export type Kind = "user" | "group";

const schemaOf = (kind: Kind): string => `urn:ietf:params:scim:schemas:core:2.0:${kind}`;

/** A path in lower case, without the schema that may precede it (RFC 7644 section 3.10). One of the other resource stays. */
export function attributePath(text: string, kind: Kind): string {
  const path = text.toLowerCase();
  const prefix = `${schemaOf(kind)}:`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}

/** The same where it is not known of which resource the path is: in a filter, and in what an answer shall have. */
export const anyAttributePath = (text: string): string => attributePath(attributePath(text, "user"), "group");

/** Whether a path names the whole schema of the resource: its value then names the attributes, as without a path. */
export const isWholeSchema = (path: string, kind: Kind): boolean => path.toLowerCase() === schemaOf(kind);

/** A JSON object as its attributes, by names in lower case. One that is named twice would mean one thing here and another elsewhere. */
export const attributesOf = (value: unknown): ReadonlyMap<string, unknown> => onlyOnce(entriesOf(value));

/** The attributes of a resource, also of those that come below its schema, or have it before their names. */
export const attributesOfResource = (value: unknown, kind: Kind): ReadonlyMap<string, unknown> =>
  onlyOnce(
    entriesOf(value)
      .flatMap(([name, each]): Entry[] => (isWholeSchema(name, kind) ? entriesOf(each) : [[name, each]]))
      .map(([name, each]) => [attributePath(name, kind), each]),
  );

type Entry = [name: string, value: unknown];

function entriesOf(value: unknown): Entry[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badRequest("invalidValue", "An attribute with parts has a value without them.");
  }
  return Object.entries(value).map(([name, each]): Entry => [name.toLowerCase(), each]);
}

function onlyOnce(entries: readonly Entry[]): ReadonlyMap<string, unknown> {
  const attributes = new Map<string, unknown>(entries);
  if (attributes.size < entries.length) {
    throw badRequest("invalidSyntax", "An attribute is named twice.");
  }
  return attributes;
}
