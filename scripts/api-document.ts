import { OPERATIONS } from "../src/api/operations.ts";
import { PROBLEM_CODES, PROBLEMS } from "../src/api/problem.ts";
import { API_SCOPE_NAMES, API_SCOPES } from "../src/domain/access/api-scopes.ts";
import { API_PATH } from "../src/domain/applications/own-application.ts";
import { code, madeFrom, markdownTable } from "./markdown.ts";

const REQUESTS = `## Requests and answers

- **Fields.** JSON in, JSON out. An unknown field is refused, and so are a field that is given twice and a body that is not in UTF-8. In a \`PATCH\`, what is left out stays, and \`null\` empties.
- **Versions.** Answers about an office, a user, an application or a webhook have an \`ETag\`; a \`PATCH\` sends it back as \`If-Match\`, which takes several as well. \`stale-version\` means: it was changed in the meantime, read it again. \`If-Match: *\` overwrites. What Vestibule itself writes, such as since when a webhook fails, is no conflict. A read with the ETag as \`If-None-Match\` is answered 304 while nothing differs. Where a condition is not compared, it is refused.
- **Lists.** \`size\` (1 to 100), and \`next\` of the answer as \`after\`, until it is null. A cursor belongs to its filters and order.
- **Repetitions.** Send an \`Idempotency-Key\` with a \`POST\`: a repetition within a day gets the same answer, with \`Idempotency-Replayed: true\`, and has no second effect. The key with another request is \`key-reused\`. After a refusal the key is free again; after a 5xx the same request may come again, at once.
- **Dry runs.** \`Prefer: dry-run\` where the table below says so; elsewhere it is refused.
- **Files of users.** \`POST …/imports\` takes CSV or JSON Lines (32 MB, 100,000 rows, the columns of \`npx vestibule user import --help\`) as \`text/csv\` or \`application/jsonl\`, and adds all users or none: \`invalid-file\` names the first wrong lines, its \`detail\` the import whose \`/faults\` has all. With \`Prefer: dry-run\` nothing is added; \`/apply\` then adds exactly what was checked. An office has one import at a time, and a new file replaces one that waits, also one of the console. It takes no \`Idempotency-Key\`, because a username is added once in any case; \`/apply\` does. Roles in it need \`users:roles\`, and what proves users \`users:secrets\`. \`passkeys\` is a list of objects ([migrating.md](migrating.md#passkeys)).
- **Two people.** What two people decide is approved by people alone (\`people-only\`). Numbers that users have asked for are in \`GET …/users?pendingNumber=true\`.
- **Limits.** \`RateLimit-Limit\`, \`RateLimit-Remaining\` and \`RateLimit-Reset\` (seconds); 429 has \`Retry-After\`. The operator sets the limit (\`VESTIBULE_API_PER_MINUTE\`).
- **Ids.** Another office's id is answered like an unknown one.
- **The request id** is in \`X-Request-Id\`, in each problem, and in the server's log. Each change is in the audit log, with the application as its actor.`;

const HOW_TO_CALL = `Its scopes are given at the command line alone. With \`--office\` it acts in that office, without it in every one:

\`\`\`sh
npx vestibule app add --type machine --name "Staff directory" --office NOORD --api-scopes users:read,users:write
\`\`\`

It gets a token by client credentials, and names the API as \`resource\`:

\`\`\`sh
curl -u "$CLIENT_ID:$CLIENT_SECRET" https://id.example.com/token \\
  -d grant_type=client_credentials -d resource=https://id.example.com${API_PATH} -d "scope=users:read users:write"
curl -H "Authorization: Bearer $TOKEN" https://id.example.com${API_PATH}/offices/$OFFICE/users
\`\`\``;

const CLIENT = `## A client in TypeScript

The folder \`client/\` is \`@vestibule/client\`: types of every operation, made from the OpenAPI document, and a small runtime without dependencies for Node 24 and newer.
It is not published; \`npm install ../vestibule/client\` links it to your project. An example: [provision-office.ts](../client/examples/provision-office.ts).

\`\`\`ts
import { createClient, each } from "@vestibule/client";

const client = createClient({
  issuer: "https://id.example.com",
  clientId: process.env.CLIENT_ID ?? "",
  clientSecret: process.env.CLIENT_SECRET ?? "",
  scopes: ["users:read", "users:write"],
});
const office = process.env.OFFICE ?? "";
for await (const { id: user } of each(client.users.list, { office, search: "smit" })) {
  const { body, etag } = await client.users.get({ office, user });
  await client.users.change({ office, user, ifMatch: etag, body: { name: body.name.trim() } });
}
\`\`\`

- **Methods** are the names of the document: \`users.send-link\` is \`client.users.sendLink\`. Each takes one object: parameters by their names, \`body\` (or \`file\` and \`fileType\`), \`ifMatch\`, \`dryRun\`, \`idempotencyKey\`; and \`{ signal }\` after it. The answer has \`body\`, \`etag\`, \`location\`, \`requestId\` and \`isReplayed\`.
- **Tokens** are asked for when they are needed, once for parallel callers, and replaced before they end. Without one, a \`TokenError\` has OAuth's error as \`code\`.
- **Problems** are thrown as \`ApiError\` with \`status\`, \`code\`, \`field\` (of the first fault), \`errors\` and \`requestId\`. \`code\` is null where a proxy answered.
- **Lists**: \`each\` reads page after page, also of events.
- **Repetitions.** A \`POST\` gets an \`Idempotency-Key\`, which stays the same when it is sent again; give one of your own if your program may be started again in between. A request is sent four times at most (\`tries\`): after 429, and after 502, 503, 504 or no answer
  where that has no second effect. \`Retry-After\` is kept up to 65 seconds. A \`PATCH\`, a \`DELETE\` and a file whose answer is lost are not repeated: the answer would be as if another caller had come first.`;

/** The management API for those who call it: how, and everything that it offers. */
export function apiDocument(): string {
  return `${madeFrom("src/api/operations.ts")}

# Management API

What the console does, as JSON, for programs. \`GET ${API_PATH}/openapi.json\` has every field of every operation as OpenAPI 3.1, without a token. There is a
[client in TypeScript](#a-client-in-typescript). Why it is like this: decisions [0090](decisions/0090-shape-of-the-management-api.md) and
[0091](decisions/0091-who-calls-the-management-api.md).

## An application that may call it

${HOW_TO_CALL}

\`private_key_jwt\` and DPoP work as for every other application ([applications.md](applications.md)); with DPoP the header is \`Authorization: DPoP …\`. The id of an office is in
\`npx vestibule office list --json\`, or in \`GET ${API_PATH}/offices\` of an application without an office.

${CLIENT}

## Scopes

An application may at most what a person in its place may: a superuser where it is bound to an office, support where it is not ([permissions.md](permissions.md)). _grave_: people prove themselves
again within five minutes for it; no other scope includes it, and the user and the superusers get the same notices.

${markdownTable(["scope", "grave", "what it allows"], scopeRows())}

${REQUESTS}

## Problems

Errors are problem details (RFC 9457, \`application/problem+json\`). Decide by \`code\`; \`errors\` names each wrong field.

\`\`\`json
{
  "type": "urn:vestibule:problem:invalid-fields",
  "title": "${PROBLEMS["invalid-fields"].title}",
  "status": 400,
  "code": "invalid-fields",
  "errors": [{ "field": "mail", "detail": "must be an email address" }],
  "requestId": "Zk3vQ0b1xN2p"
}
\`\`\`

${markdownTable(["status", "code", "what it means"], problemRows())}

## Operations

All below \`${API_PATH}\`.

${markdownTable(["request", "scope", "what it does"], operationRows())}
`;
}

const scopeRows = () =>
  API_SCOPE_NAMES.map((name) => [code(name), API_SCOPES[name].isGrave ? "yes" : "–", API_SCOPES[name].about]);

const problemRows = () =>
  PROBLEM_CODES.map((name) => [String(PROBLEMS[name].status), code(name), PROBLEMS[name].title]);

const operationRows = () =>
  OPERATIONS.map(({ method, path, scope, about }) => [
    code(`${method} ${path}`),
    scope === null ? "–" : code(scope),
    about,
  ]);
