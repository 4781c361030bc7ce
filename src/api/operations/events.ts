import { z } from "zod";
import { isEventName } from "../../domain/events/event-catalogue.ts";
import { eventSchema } from "../../domain/events/event.ts";
import type { EventPlace } from "../../domain/events/event-store.ts";
import type { ActingApplication } from "../../domain/access/actor.ts";
import { PageError } from "../../kernel/errors.ts";
import type { ApiServices } from "../api-services.ts";
import { id, pageQuery } from "../listing.ts";
import { operation, requirePermission, type Operation, type Result } from "../operation.ts";
import { CALLER, findOffice } from "../places.ts";
import { Problem } from "../problem.ts";

/** Events for programs that pull them, after a cursor. */

/** Names of event types, with commas between. */
const types = z
  .string()
  .max(2_000)
  .transform((text) => text.split(","))
  .refine((names) => names.every(isEventName), "must be names of docs/events.md, with commas between")
  .optional();

const eventsQuery = z.strictObject({
  size: pageQuery.size,
  after: pageQuery.after.meta({
    description: "`next` of the page before; without it, the oldest events kept",
  }),
  types: types.meta({ description: "names of event types, with commas between" }),
  outcome: z.enum(["ok", "refused", "alarm"]).optional(),
  office: id
    .optional()
    .meta({ description: "for an application of the platform; without it, events of no office" }),
});
type EventsQuery = z.output<typeof eventsQuery>;

const page = z.strictObject({
  items: z.array(eventSchema),
  next: z.string().meta({ description: "for `after`, now or later; also when there are no items" }),
  more: z.boolean().meta({ description: "whether to ask again at once" }),
});

export const eventOperations: readonly Operation[] = [
  operation({
    ...{ name: "events.list", method: "GET", place: CALLER, path: "/events", action: "events.see" },
    about: "Lists events after a cursor, the oldest first, each once and none left out.",
    query: eventsQuery,
    output: page,
    work: (services, { by, query }) => list(services, by, query),
  }),
];

async function list(
  services: ApiServices,
  by: ActingApplication,
  { size, after, types: names = [], outcome, office }: EventsQuery,
): Promise<Result<z.input<typeof page>>> {
  const officeId = office ?? by.officeId;
  if (office !== undefined) {
    await requireOffice(services, by, office);
  }
  const place = after === null ? BEGINNING : placeOf(services, officeId, after);
  if (place === null) {
    throw new PageError("request");
  }
  const question = { after: place, types: names, outcome: outcome ?? null, limit: size };
  const { events, last, hasMore, isWhole } = await services.events.page(officeId, question);
  if (!isWhole) {
    throw new Problem("events-gone");
  }
  const next = services.cursors.seal([String(last.position), last.mark ?? ""], scopeOf(officeId));
  return { body: { items: events.map(({ event }) => event), next, more: hasMore } };
}

const BEGINNING: EventPlace = { position: 0, mark: null };

const scopeOf = (officeId: string | null) => ({ officeId: officeId ?? "", query: "events" });

/** Null for what is no cursor of these events. */
export function placeOf(
  { cursors }: Pick<ApiServices, "cursors">,
  officeId: string | null,
  after: string,
): EventPlace | null {
  const cursor = cursors.open(after, scopeOf(officeId));
  return cursor === null ? null : { position: Number(cursor[0]), mark: cursor[1] ?? "" };
}

async function requireOffice(services: ApiServices, by: ActingApplication, id: string): Promise<void> {
  const found = await findOffice(services, by, id);
  if (found === null) {
    throw new Problem("not-found");
  }
  requirePermission(by, "events.see", { officeId: found.id, user: null });
}
