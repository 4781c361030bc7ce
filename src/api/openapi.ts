import { z } from "zod";
import { API_SCOPE_NAMES, API_SCOPES } from "../domain/access/api-scopes.ts";
import { apiResource } from "../domain/applications/own-application.ts";
import type { Operation } from "./operation.ts";
import { PROBLEMS, problemSchema, type ProblemCode } from "./problem.ts";

type Json = Readonly<Record<string, unknown>>;

interface About {
  readonly issuer: string;
  readonly productName: string;
}

/** The OpenAPI 3.1 document of operations: what they take and answer follows from the schemas that check it. */
export function openApiDocument(operations: readonly Operation[], { issuer, productName }: About): Json {
  const paths = [...new Set(operations.map(({ path }) => path))];
  return {
    openapi: "3.1.0",
    info: {
      title: `Management API of ${productName}`,
      version: "1",
      description:
        "For machines, by client credentials. Errors are problem details (RFC 9457); programs decide by their `code`.",
    },
    servers: [{ url: apiResource(issuer) }],
    paths: Object.fromEntries(paths.map((path) => [path, pathItem(operations, path)])),
    components: {
      schemas: { Problem: jsonSchema(problemSchema, "output") },
      securitySchemes: {
        clientCredentials: {
          type: "oauth2",
          description: `Name ${apiResource(issuer)} as \`resource\`. Tokens may be bound to a key (DPoP, RFC 9449).`,
          flows: {
            clientCredentials: {
              tokenUrl: `${issuer}/token`,
              scopes: Object.fromEntries(API_SCOPE_NAMES.map((name) => [name, API_SCOPES[name].about])),
            },
          },
        },
      },
    },
  };
}

const pathItem = (operations: readonly Operation[], path: string): Json =>
  Object.fromEntries(
    operations
      .filter((each) => each.path === path)
      .map((each) => [each.method.toLowerCase(), operationObject(each)]),
  );

function operationObject(operation: Operation): Json {
  const { name, about, scope } = operation;
  return {
    operationId: name,
    summary: about,
    security: [{ clientCredentials: scope === null ? [] : [scope] }],
    parameters: [...pathParameters(operation), ...queryParameters(operation), ...headerParameters(operation)],
    ...requestBody(operation),
    responses: responsesOf(operation),
  };
}

function requestBody({ body, takesFile }: Operation): Json {
  const content =
    body === null ? filesOf(takesFile) : { "application/json": { schema: jsonSchema(body, "input") } };
  return Object.keys(content).length === 0 ? {} : { requestBody: { required: true, content } };
}

const filesOf = (types: readonly string[]): Json =>
  Object.fromEntries(
    types.map((type): [string, Json] => [
      type.split(";", 1)[0] ?? type,
      { schema: { type: type.startsWith("application/json;") ? "object" : "string" } },
    ]),
  );

const pathParameters = ({ parameters }: Operation): Json[] =>
  Object.entries(parameters).map(([name, description]) => ({
    ...{ name, in: "path", required: true, description, schema: { type: "string" } },
  }));

function queryParameters({ query }: Operation): Json[] {
  const { properties = {}, required = [] } = query === null ? {} : jsonSchema(query, "input");
  return Object.entries(isRecord(properties) ? properties : {}).map(([name, schema]) => ({
    ...{ name, in: "query", schema },
    required: Array.isArray(required) && required.includes(name),
  }));
}

function headerParameters({ method, takesVersion, hasVersion, canDryRun, takesFile }: Operation): Json[] {
  const header = (name: string, required: boolean, description: string): Json => ({
    ...{ name, in: "header", required, description, schema: { type: "string" } },
  });
  return [
    ...(takesVersion ? [header("If-Match", true, "the ETag of what was read, or several, or `*`")] : []),
    ...(method === "GET" && hasVersion
      ? [header("If-None-Match", false, "ETags of what is known: the answer to one of them is 304")]
      : []),
    ...(method === "POST" && takesFile.length === 0
      ? [
          header(
            "Idempotency-Key",
            false,
            "for a day, a repetition gets the same answer and has no second effect",
          ),
        ]
      : []),
    ...(canDryRun ? [header("Prefer", false, "`dry-run`: says what would happen, and changes nothing")] : []),
  ];
}

/** What any request may be answered. */
const ALWAYS: readonly ProblemCode[] = [
  "invalid-fields",
  "invalid-token",
  "insufficient-scope",
  "not-found",
  "too-large",
  "not-json",
  "too-many-requests",
  "internal",
  "unavailable",
];

function responsesOf(operation: Operation): Json {
  const { method, output, status, takesVersion, scope, answersFile } = operation;
  const codes: readonly ProblemCode[] = [
    ...ALWAYS,
    ...(method === "GET" ? [] : (["not-possible-now", "stale-version"] as const)),
    ...(method === "POST" ? (["key-reused"] as const) : []),
    ...(takesVersion ? (["version-required"] as const) : []),
  ];
  const problems = [...new Set(codes.map((code) => PROBLEMS[code].status))].map((problem): [string, Json] => [
    String(problem),
    {
      description: "A problem.",
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  ]);
  const done = {
    description: "Done.",
    headers: headersOf(operation),
    ...(output === null && answersFile.length === 0
      ? {}
      : {
          content:
            output === null
              ? filesOf(answersFile)
              : { "application/json": { schema: jsonSchema(output, "output") } },
        }),
  };
  return {
    ...(scope === null ? {} : { [String(status)]: done }),
    ...(method === "GET" && operation.hasVersion
      ? { 304: { description: "It is as the caller knows it.", headers: headersOf(operation) } }
      : {}),
    ...Object.fromEntries<Json>(problems),
  };
}

function headersOf({ hasVersion, status }: Operation): Json {
  const header = (description: string): Json => ({ description, schema: { type: "string" } });
  return {
    "X-Request-Id": header("names the request in the log"),
    "RateLimit-Limit": header("requests of this application in a minute"),
    "RateLimit-Remaining": header("what is left of them"),
    "RateLimit-Reset": header("seconds until the next minute"),
    ...(hasVersion ? { ETag: header("for If-Match") } : {}),
    ...(status === 201 ? { Location: header("of what was made") } : {}),
  };
}

const isRecord = (value: unknown): value is Json => typeof value === "object" && value !== null;

/** JSON Schema 2020-12, which OpenAPI 3.1 takes as it is. Rules that it cannot express stay those of the server. */
function jsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const made: Json = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  const kept = Object.entries(made).filter(([name]) => name !== "$schema");
  return Object.fromEntries<unknown>(kept);
}
