import { z } from "zod";
import { EVENT_TYPES, type EventType } from "../src/domain/events/event-catalogue.ts";
import { eventSchema, publicEvent } from "../src/domain/events/event.ts";
import { code, madeFrom, markdownTable } from "./markdown.ts";

/** Every event that programs can get, with its fields. */
export function eventsDocument(): string {
  return `${madeFrom("src/domain/events/event-catalogue.ts")}

# Events

What happens in an office, for programs: \`GET /api/v1/events\` ([api.md](api.md)) answers with them, and webhooks ([webhooks.md](webhooks.md)) send them. They are the audit log in the order in which it is sealed, a moment after the change, so a reader that keeps
its cursor misses none and gets none twice ([decision 0095](decisions/0095-events-from-the-sealed-log.md)).

An event has ids and no names: read the user by the API where a name is needed. It never has a secret, a code, a mobile number, an email address or a network address. Fields and types are only added; a type keeps its name.

\`\`\`json
${JSON.stringify(EXAMPLE, null, 2)}
\`\`\`

${markdownTable(["field", "what it is"], fieldRows())}

An alarm is an event with the outcome \`alarm\`; each type that can be one may also be \`ok\` or \`refused\`.

## Types

Those of an office are in its log, those of the platform belong to no office: \`GET /api/v1/events\` answers the platform's applications with them, and the platform's webhooks get them. Some are of both: an application may belong to an office or to none. A webhook that names a type
of which its owner has no events is refused.

${markdownTable(["type", "what happened", "data", "whose"], EVENT_TYPES.map(typeRow))}
`;
}

const OFFICE = "4f2a9c1e-7d35-4b08-9a61-0c8e2f7b5d14";
const EXAMPLE = publicEvent({
  ...{
    position: 1,
    mark: "9f3c06d2a1e8",
    home: 10133,
    id: "4711",
    at: "2026-11-30T09:12:44.301Z",
    officeId: OFFICE,
  },
  ...{ type: "user.role-changed", outcome: "ok", actor: "4f2ae08b-1c4d-4f6a-8b92-d3705e9a1c66" },
  ...{ subject: "4f2b3a90-5e17-4c2b-a0d4-8f61b7c2e935", applicationId: null, requestId: "Zk3vQ0b1xN2p" },
  details: { before: "user", role: "accountant" },
});

const ABOUT: Readonly<Record<string, string>> = {
  type: "one of the types below",
  outcome: "`ok`, `refused` or `alarm`",
  actor:
    "who did it: `kind` is `user`, `application`, `operator` (the command line), `directory` (SCIM), `visitor` or `system`; `id` of the first two",
};

const fieldRows = () =>
  Object.entries(eventSchema.shape).map(([name, schema]) => [
    code(name),
    ABOUT[name] ?? z.globalRegistry.get(schema)?.description ?? "in UTC",
  ]);

const typeRow = ({ name, about, data, owners }: EventType) => [
  code(name),
  about,
  Object.keys(data.shape).map(code).join(", "),
  owners.join(", "),
];
