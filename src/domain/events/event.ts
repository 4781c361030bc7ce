import { z } from "zod";
import { UUID } from "../../kernel/random.ts";
import { isNamedActor, type NamedActor } from "../audit/named-actors.ts";
import { eventTypeOf } from "./event-catalogue.ts";

/** An event as programs get it, by a request and by a webhook alike. */
export const eventSchema = z.strictObject({
  id: z.string().meta({ description: "the same wherever and however often the event comes" }),
  type: z.string().meta({ description: "one of docs/events.md" }),
  at: z.iso.datetime().meta({ description: "in UTC" }),
  outcome: z.enum(["ok", "refused", "alarm"]),
  office: z.uuid().nullable().meta({ description: "null for an event of no office" }),
  actor: z.strictObject({
    kind: z.enum(["user", "application", "operator", "directory", "visitor", "system"]),
    id: z.string().nullable().meta({ description: "of a user or an application" }),
  }),
  subject: z
    .string()
    .nullable()
    .meta({ description: "id of the user, application or office that it is about" }),
  application: z.string().nullable().meta({ description: "client id of the application it happened in" }),
  requestId: z.string().nullable().meta({ description: "of the request in the log of the server" }),
  data: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .meta({ description: "more of the event, by its type" }),
});
export type PublicEvent = z.output<typeof eventSchema>;

/** A sealed audit event. */
export interface SealedRow {
  /** In the chain of its office. */
  readonly position: number;
  /** The first bytes of its seal. */
  readonly mark: string;
  readonly home: number;
  readonly id: string;
  /** UTC, with milliseconds. */
  readonly at: string;
  readonly officeId: string | null;
  readonly type: string;
  readonly outcome: "ok" | "refused" | "alarm";
  readonly actor: string;
  readonly subject: string | null;
  readonly applicationId: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The public form; null for an event that stays in the log. */
export function publicEvent(row: SealedRow): PublicEvent | null {
  const type = eventTypeOf(row.type);
  return type === null
    ? null
    : {
        // The number alone would name another event after a restored backup.
        id: `evt_${String(row.home)}_${row.id}_${row.mark}`,
        ...{ type: type.name, at: row.at, outcome: row.outcome, office: row.officeId },
        actor: actorOf(row.actor),
        ...{ subject: row.subject, application: row.applicationId, requestId: row.requestId },
        data: dataOf(type.data, row.details),
      };
}

const KINDS: Readonly<Record<NamedActor, PublicEvent["actor"]["kind"]>> = {
  "command line": "operator",
  scim: "directory",
  vestibule: "system",
  visitor: "visitor",
};

const actorOf = (actor: string): PublicEvent["actor"] =>
  isNamedActor(actor)
    ? { kind: KINDS[actor], id: null }
    : { kind: UUID.test(actor) ? "user" : "application", id: actor };

/** Only what the catalogue names: a detail that is added to an audit event does not go out by that. */
function dataOf(schema: z.ZodObject, details: SealedRow["details"]): PublicEvent["data"] {
  const known = Object.entries(schema.shape).flatMap(([key, of]) => {
    const value = z.safeParse(of, details[key]);
    return value.success && isPlain(value.data) ? [[key, value.data] as const] : [];
  });
  return Object.fromEntries(known);
}

const isPlain = (value: unknown): value is PublicEvent["data"][string] =>
  value === null || ["string", "number", "boolean"].includes(typeof value);
