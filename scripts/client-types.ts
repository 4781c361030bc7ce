import { z } from "zod";

/** A JSON Schema of the OpenAPI document. */
export type Schema = Readonly<Record<string, unknown>>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const schemaSchema = z.custom<Schema>(isSchema);

/** What is the server's to check, and no type says. */
const RULES = new Set([
  ...["description", "default", "format", "pattern", "minLength", "maxLength", "minItems", "maxItems"],
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "propertyNames"],
]);
const STRUCTURE = new Set([
  ...["$ref", "const", "enum", "anyOf", "type", "properties", "required", "additionalProperties", "items"],
]);

/** Schemas that have a name, by their text. */
export type Names = ReadonlyMap<string, string>;
export const keyOf = (schema: Schema): string => JSON.stringify(schema);

/** A schema as a type. Throws at what it does not know: a type must not say less than the document without a word. */
export function typeOf(schema: Schema, names: Names): string {
  const unknown = Object.keys(schema).find((word) => !RULES.has(word) && !STRUCTURE.has(word));
  if (unknown !== undefined) {
    throw new Error(`The client's generator does not know "${unknown}": ${keyOf(schema)}`);
  }
  const { $ref, anyOf, enum: values } = schema;
  const named = names.get(keyOf(schema));
  if (named !== undefined) {
    return named;
  }
  if (typeof $ref === "string") {
    return $ref.slice($ref.lastIndexOf("/") + 1);
  }
  if ("const" in schema || Array.isArray(values)) {
    return union((values as unknown[] | undefined)?.map(literal) ?? [literal(schema["const"])]);
  }
  return Array.isArray(anyOf)
    ? union(anyOf.filter(isSchema).map((one) => typeOf(one, names)))
    : typeByName(schema, names);
}

const literal = (value: unknown): string => JSON.stringify(value);
const union = (types: readonly string[]): string => [...new Set(types)].join(" | ");

function typeByName(schema: Schema, names: Names): string {
  const { type } = schema;
  if (Array.isArray(type)) {
    return union(type.map((one: unknown) => typeByName({ ...schema, type: one }, names)));
  }
  switch (type) {
    case "string":
    case "number":
    case "boolean":
    case "null":
      return type;
    case "integer":
      return "number";
    case "array":
      return `readonly (${typeOf(schemaSchema.catch({}).parse(schema["items"]), names)})[]`;
    case "object":
      return objectType(schema, names);
    case undefined:
      return "unknown";
    default:
      throw new Error(`The client's generator does not know the type ${JSON.stringify(type)}.`);
  }
}

function objectType(schema: Schema, names: Names): string {
  const { properties, additionalProperties } = schema;
  if (!isSchema(properties)) {
    const value = isSchema(additionalProperties) ? typeOf(additionalProperties, names) : "unknown";
    return `Readonly<Record<string, ${value}>>`;
  }
  return objectOf(propertiesOf(schema, names));
}

/** A property of a type. */
export interface Property {
  readonly name: string;
  readonly type: string;
  readonly isOptional: boolean;
  readonly about?: unknown;
}

function propertiesOf({ properties, required }: Schema, names: Names): Property[] {
  const isRequired = (name: string) => Array.isArray(required) && required.includes(name);
  return Object.entries(isSchema(properties) ? properties : {}).map(([name, schema]) => {
    const found = isSchema(schema) ? schema : {};
    const about = found["description"];
    return { name, type: typeOf(found, names), isOptional: !isRequired(name), about };
  });
}

export const objectOf = (properties: readonly Property[]): string =>
  `{\n${properties.map(propertyText).join("\n")}\n}`;

const propertyText = ({ name, type, isOptional, about }: Property): string =>
  `${comment(about)}readonly ${/^\w+$/.test(name) ? name : JSON.stringify(name)}${isOptional ? "?" : ""}: ${type};`;

export const comment = (about: unknown): string =>
  typeof about === "string" ? `/** ${about.replaceAll("*/", "* /")} */\n` : "";
