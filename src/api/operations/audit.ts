import { z } from "zod";
import { AUDIT_GROUPS } from "../../domain/audit/audit-groups.ts";
import type { ListedEvent } from "../../domain/audit/audit-list-store.ts";
import { PageError } from "../../kernel/errors.ts";
import type { ApiServices } from "../api-services.ts";
import { moment, pageOf, pageQuery, timeOfSeconds } from "../listing.ts";
import { operation, type Operation, type Result } from "../operation.ts";
import { OFFICE, PLATFORM } from "../places.ts";
import { wrongField } from "../problem.ts";

const party = z.strictObject({
  id: z.string(),
  name: z.string().nullable(),
  username: z.string().nullable(),
});

const event = z.strictObject({
  id: z.string(),
  at: moment,
  type: z.string(),
  outcome: z.enum(["ok", "refused", "alarm"]),
  actor: party,
  subject: party.nullable(),
  application: z.string().nullable(),
  address: z.string().nullable(),
  requestId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});

const time = z.iso.datetime({ offset: true }).optional();
const auditQuery = z.strictObject({
  ...pageQuery,
  group: z.enum(AUDIT_GROUPS).optional(),
  outcome: z.enum(["ok", "refused", "alarm"]).optional(),
  actor: z.string().min(1).max(100).optional(),
  subject: z.string().min(1).max(100).optional(),
  from: time,
  to: time.meta({ description: "exclusive" }),
});
type AuditQuery = z.output<typeof auditQuery>;

const page = pageOf(event);

/** The audit log, of an office and of the platform. */
export const auditOperations: readonly Operation[] = [
  operation({
    ...{ name: "audit.list", method: "GET", place: OFFICE, path: "/audit", action: "audit.see" },
    about: "Lists the events of an office's audit log, the newest first.",
    query: auditQuery,
    output: page,
    work: (services, { subject, query }) => list(services, subject.id, query),
  }),
  operation({
    ...{ name: "platform-audit.list", method: "GET", place: PLATFORM, path: "/audit", action: "audit.see" },
    about: "Lists the events that belong to no office, the newest first.",
    query: auditQuery,
    output: page,
    work: (services, { query }) => list(services, null, query),
  }),
];

async function list(
  { audit, cursors }: ApiServices,
  officeId: string | null,
  { size, after, from, to, ...filter }: AuditQuery,
): Promise<Result<z.input<typeof page>>> {
  const scope = { officeId: officeId ?? "", query: JSON.stringify(["audit", filter, from, to]) };
  const cursor = after === null ? [] : cursors.open(after, scope);
  if (cursor === null) {
    throw new PageError("request");
  }
  const asked = { ...filter, from: dateOf(from), to: dateOf(to) };
  if (asked.from !== undefined && asked.to !== undefined && asked.from > asked.to) {
    throw wrongField("to", "must not be before from");
  }
  const found = await audit.find(officeId, asked, { before: cursor[0], limit: size });
  const next = found.older === null ? null : cursors.seal([found.older], scope);
  return { body: { items: found.events.map(eventBody), next } };
}

const dateOf = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(text);

const eventBody = (found: ListedEvent): z.input<typeof event> => ({
  ...{ id: found.id, at: timeOfSeconds(found.at), type: found.type, outcome: found.outcome },
  actor: { id: found.actor, name: found.actorName, username: found.actorUsername },
  subject:
    found.subject === null
      ? null
      : { id: found.subject, name: found.subjectName, username: found.subjectUsername },
  ...{ application: found.applicationId, address: found.address, requestId: found.requestId },
  details: { ...found.details },
});
