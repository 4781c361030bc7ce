import { z } from "zod";
import {
  comment,
  keyOf,
  objectOf,
  schemaSchema,
  typeOf,
  type Names,
  type Property,
  type Schema,
} from "./client-types.ts";

const contentSchema = z.record(z.string(), z.object({ schema: schemaSchema }));
const parameterSchema = z.object({
  name: z.string(),
  in: z.enum(["path", "query", "header"]),
  required: z.boolean(),
  description: z.string().optional(),
  schema: schemaSchema,
});
const operationSchema = z.object({
  operationId: z.string(),
  summary: z.string(),
  security: z.tuple([z.object({ clientCredentials: z.array(z.string()) })]),
  parameters: z.array(parameterSchema),
  requestBody: z.object({ content: contentSchema }).optional(),
  responses: z.record(
    z.string(),
    z.object({ headers: z.record(z.string(), z.unknown()).default({}), content: contentSchema.optional() }),
  ),
});
type Documented = z.output<typeof operationSchema>;

/** What of the OpenAPI document the client is made from. */
export const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({
    schemas: z.object({ Problem: schemaSchema }),
    securitySchemes: z.object({
      clientCredentials: z.object({
        flows: z.object({
          clientCredentials: z.object({ scopes: z.record(z.string(), z.string()) }),
        }),
      }),
    }),
  }),
});
export type Document = z.output<typeof documentSchema>;

/** An operation as a method of the client. */
export interface ClientMethod {
  readonly group: string;
  readonly name: string;
  /** Such as `GET /offices/{office}/users`. */
  readonly address: string;
  /** Its declaration in the group. */
  readonly declaration: string;
  /** The types that it alone needs. */
  readonly types: readonly string[];
}

/** `platform-webhooks.rotate-secret` is `platformWebhooks.rotateSecret`. */
const camel = (name: string): string =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const pascal = (name: string): string => camel(`-${name.replaceAll(".", "-")}`);

/** Null for what is for people alone: it answers no program. */
export function methodOf(address: string, operation: Documented, names: Names): ClientMethod | null {
  const success = successOf(operation);
  if (success === null) {
    return null;
  }
  const { operationId, summary, security } = operation;
  const [group = "", name = ""] = operationId.split(".").map(camel);
  const base = pascal(operationId);
  const given = [...parametersOf(operation, names), ...bodyOf(operation, names), ...headersOf(operation)];
  const request = declared(`${base}Request`, given.length === 0 ? "Nothing" : objectOf(given));
  const answer = declared(`${base}Answer`, answerType(success, names));
  const about = `${summary} Scope: ${security[0].clientCredentials.join(" ")}.`;
  const kind = "ETag" in success.headers ? "VersionedAnswer" : "Answer";
  return {
    ...{ group, name, address },
    declaration: `${comment(about)}readonly ${name}: Method<${request.name}, ${kind}<${answer.name}>>;`,
    types: [...request.types, ...answer.types],
  };
}

/** A short type is written where it is used. */
function declared(name: string, text: string): { readonly name: string; readonly types: readonly string[] } {
  if (text.length < 100 && !text.includes("/**")) {
    return { name: text, types: [] };
  }
  const isObject = text.startsWith("{") && !text.includes("\n} |");
  return { name, types: [isObject ? `export interface ${name} ${text}` : `export type ${name} = ${text};`] };
}

const successOf = ({ responses }: Documented): Documented["responses"][string] | null =>
  Object.entries(responses).find(([status]) => status.startsWith("2"))?.[1] ?? null;

/** What an operation answers as JSON. */
export const answerSchema = (operation: Documented): Schema | null =>
  successOf(operation)?.content?.[JSON_TYPE]?.schema ?? null;

const JSON_TYPE = "application/json";

function answerType({ content }: Documented["responses"][string], names: Names): string {
  const [found] = Object.values(content ?? {});
  const page = found === undefined ? null : pageItem(found.schema);
  return page === null ? typeOf(found?.schema ?? { type: "null" }, names) : `Page<${typeOf(page, names)}>`;
}

/** The schema of the entries of a list; null for another answer. */
export function entrySchema(schema: Schema): Schema | null {
  const items = schemaSchema.safeParse(propertiesIn(schema)["items"]).data?.["items"];
  return schemaSchema.safeParse(items).data ?? null;
}

/** The same of a list in pages, which end. */
function pageItem(schema: Schema): Schema | null {
  const next = schemaSchema.safeParse(propertiesIn(schema)["next"]).data;
  return next !== undefined && typeOf(next, new Map()).includes("null") ? entrySchema(schema) : null;
}

const propertiesIn = (schema: Schema): Schema => schemaSchema.safeParse(schema["properties"]).data ?? {};

const parametersOf = ({ parameters }: Documented, names: Names): Property[] =>
  parameters
    .filter((parameter) => parameter.in !== "header")
    .map(({ name, required, description, schema }) => ({
      name,
      type: keyOf(schema).includes('["true","false"]') ? "boolean" : typeOf(schema, names),
      isOptional: !required,
      about: description ?? schema["description"],
    }));

function bodyOf({ requestBody }: Documented, names: Names): Property[] {
  const { [JSON_TYPE]: json, ...files } = requestBody?.content ?? {};
  const fileTypes = Object.keys(files).map((type) => JSON.stringify(type));
  return [
    ...(json === undefined ? [] : [{ name: "body", type: typeOf(json.schema, names), isOptional: false }]),
    ...(fileTypes.length === 0
      ? []
      : [
          { name: "file", type: "string | Blob", isOptional: false },
          { name: "fileType", type: fileTypes.join(" | "), isOptional: false },
        ]),
  ];
}

const HEADERS: Readonly<Record<string, Pick<Property, "name" | "type">>> = {
  "If-Match": { name: "ifMatch", type: "string" },
  "Idempotency-Key": { name: "idempotencyKey", type: "string" },
  Prefer: { name: "dryRun", type: "boolean" },
};

/** The client keeps no answers to which 304 could lead back. */
const UNUSED_HEADER = "If-None-Match";

function headersOf({ parameters }: Documented): Property[] {
  return parameters
    .filter(({ name, in: place }) => place === "header" && name !== UNUSED_HEADER)
    .map(({ name, required, description }) => {
      const known = HEADERS[name];
      if (known === undefined) {
        throw new Error(`The client has no place for the header ${name}.`);
      }
      return { ...known, isOptional: !required, about: description };
    });
}
