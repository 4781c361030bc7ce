import { limitReads } from "../../platform/database/limited-reads.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import type { AuditType } from "./audit-event.ts";
import { typesOf, type AuditGroup } from "./audit-groups.ts";
import { listQuery, type ListPath } from "./audit-list-statements.ts";
import { isNamedActor } from "./named-actors.ts";

/** The filter of the list; an omitted field matches everything. */
export interface AuditFilter {
  readonly group?: AuditGroup | undefined;
  readonly outcome?: "ok" | "refused" | "alarm" | undefined;
  /** As in the event: a user's or an application's id, or a named actor. */
  readonly actor?: string | undefined;
  readonly subject?: string | undefined;
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
}

/** An event with the names of its users and applications; null for a user that the office cannot see, or no longer. */
export interface ListedEvent {
  readonly id: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly type: AuditType;
  readonly outcome: "ok" | "refused" | "alarm";
  readonly actor: string;
  readonly actorUsername: string | null;
  readonly actorName: string | null;
  readonly subject: string | null;
  readonly subjectKind: "user" | "application" | null;
  readonly subjectUsername: string | null;
  readonly subjectName: string | null;
  readonly applicationId: string | null;
  readonly applicationName: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AuditPage {
  readonly events: readonly ListedEvent[];
  /** The cursor of the next page, for `before`; null at the end. */
  readonly older: string | null;
}

/** The most events of one page. */
const MAX_EVENTS = 100;
/** The end of the year 9999, in microseconds since 1970. */
const NEWEST = "253402300800000000";

interface Row extends ListedEvent {
  readonly moment: string;
}

/** A read model over the audit log: an office's events, or those without one, the newest first, by key and never by offset. */
export class AuditListStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** At most `limit` events (never more than 100), before the cursor of an earlier page. */
  async find(
    officeId: string | null,
    filter: AuditFilter,
    { before, limit = MAX_EVENTS }: { readonly before?: string | undefined; readonly limit?: number } = {},
  ): Promise<AuditPage> {
    const size = Math.max(1, Math.min(limit, MAX_EVENTS));
    const { at, id } = placeOf(before);
    const { group, outcome = null, actor = null, subject = null, from = null, to = null } = filter;
    const types = group === undefined ? null : typesOf(group);
    const { statement, values } = listQuery(
      pathOf(filter),
      { types, outcome, actor, subject, from, to, at, id },
      { hasOffice: officeId !== null, limit: size + 1 },
    );
    // Planned for this office alone: a plan cached for a small office would sort the whole log of a large one.
    const read = async (tx: Queryable) =>
      (await Promise.all([limitReads(tx), tx.query<Row>(statement, values)]))[1];
    const rows = await (officeId === null
      ? this.#database.transaction(read)
      : this.#database.inOffice(officeId, read));
    const last = rows.length > size ? rows[size - 1] : undefined;
    return {
      events: rows.slice(0, size).map(({ moment: _, ...event }) => event),
      older: last === undefined ? null : `${last.moment}.${last.id}`,
    };
  }
}

/** The most selective first: one user's events, then alarms, then a type. */
function pathOf({ subject, actor, outcome, group }: AuditFilter): ListPath {
  if (subject !== undefined) {
    return "subject";
  }
  // Those without an id have a large share of all events: their index would save nothing.
  if (actor !== undefined && !isNamedActor(actor)) {
    return "actor";
  }
  if (outcome === "alarm") {
    return "outcome";
  }
  if (group !== undefined) {
    return "types";
  }
  return outcome === "refused" ? "outcome" : "time";
}

/** A cursor comes from the browser and is not trusted: an invalid one means the beginning. */
function placeOf(before: string | undefined): { readonly at: string; readonly id: string } {
  const found = /^(\d{1,17})\.(\d{1,18})$/.exec(before ?? "");
  const [, at = NEWEST, id = "0"] = found ?? [];
  return { at, id };
}
