import { openApiDocument } from "../src/api/openapi.ts";
import { OPERATIONS } from "../src/api/operations.ts";
import {
  answerSchema,
  documentSchema,
  entrySchema,
  methodOf,
  type ClientMethod,
} from "./client-operations.ts";
import { comment, keyOf, typeOf, type Names } from "./client-types.ts";

/** What operations answer, or have in their lists, by the name that a program gives it. */
const NAMED = {
  "offices.list": "ListedOffice",
  "offices.get": "Office",
  "users.list": "ListedUser",
  "users.get": "User",
  "users.add": "NewUser",
  "approvals.list": "Approval",
  "imports.get": "Import",
  "applications.get": "Application",
  "applications.add": "NewApplication",
  "audit.list": "AuditEntry",
  "events.list": "PublicEvent",
  "webhooks.get": "Webhook",
  "webhooks.add": "NewWebhook",
  "webhooks.deliveries": "WebhookDelivery",
  "signing-keys.list": "SigningKey",
} as const satisfies Record<string, string>;

/** What the typed client knows of the management API, as a file that is to be formatted. */
export function clientFile(): string {
  const about = { issuer: "https://id.example.com", productName: "Vestibule" };
  const document = documentSchema.parse(openApiDocument(OPERATIONS, about));
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      address: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
  const named = Object.entries(NAMED).map(([id, name]) => {
    const found = operations.find(({ operation }) => operation.operationId === id);
    const answer = found === undefined ? null : answerSchema(found.operation);
    if (answer === null) {
      throw new Error(`${name}: there is no answer of ${id}.`);
    }
    return { name, schema: entrySchema(answer) ?? answer };
  });
  const names: Names = new Map(named.map(({ name, schema }) => [keyOf(schema), name]));
  const { schemas, securitySchemes } = document.components;
  const scopes = Object.keys(securitySchemes.clientCredentials.flows.clientCredentials.scopes);
  const methods = operations.flatMap(({ address, operation }) => methodOf(address, operation, names) ?? []);
  return [
    '// Made from the OpenAPI document of the management API by "npm run docs".',
    'import type { Answer, Method, Nothing, Page, VersionedAnswer } from "./answer.ts";',
    `export type Scope = ${scopes.map(quoted).join(" | ")};`,
    `export interface Problem ${typeOf(schemas.Problem, new Map())}`,
    'export type ProblemCode = Problem["code"];',
    ...named.map(({ name, schema }) => `export interface ${name} ${typeOf(schema, new Map())}`),
    ...methods.flatMap(({ types }) => types),
    `${comment("A method for each operation.")}export interface Operations { ${interfaceOf(methods)} }`,
    `${comment("Method and address of each operation.")}export const OPERATIONS = { ${tableOf(methods)} } as const;`,
  ].join("\n\n");
}

const quoted = (text: string): string => JSON.stringify(text);

const interfaceOf = (methods: readonly ClientMethod[]): string =>
  grouped(
    methods,
    (group, own) => `readonly ${group}: { ${own.map((each) => each.declaration).join("\n")} };`,
  );

const tableOf = (methods: readonly ClientMethod[]): string =>
  grouped(
    methods,
    (group, own) => `${group}: { ${own.map((each) => `${each.name}: ${quoted(each.address)}`).join(", ")} },`,
  );

const grouped = (
  methods: readonly ClientMethod[],
  write: (group: string, own: readonly ClientMethod[]) => string,
): string =>
  [...new Set(methods.map(({ group }) => group))]
    .map((group) =>
      write(
        group,
        methods.filter((each) => each.group === group),
      ),
    )
    .join("\n");
