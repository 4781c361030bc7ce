import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { planEachRead } from "../../platform/database/limited-reads.ts";
import { auditTypesOf } from "./event-catalogue.ts";
import { publicEvent, type PublicEvent, type SealedRow } from "./event.ts";

/** What a reader asks for. */
export interface EventQuestion {
  /** The position up to which the reader has read; 0 for the beginning. */
  readonly after: number;
  /** Names of event types; none for all. */
  readonly types: readonly string[];
  readonly outcome: string | null;
  readonly limit: number;
}

export interface EventPage {
  readonly events: readonly PositionedEvent[];
  /** Up to where this page has read; the next one begins there, also when this one found nothing. */
  readonly last: number;
  readonly hasMore: boolean;
  /** Whether all that followed is still kept, and the log reaches as far: it does not after a restored backup. */
  readonly isWhole: boolean;
}

export interface PositionedEvent {
  readonly position: number;
  readonly event: PublicEvent;
}

/** Positions that one page looks at, however few of them are asked for. */
const WINDOW = 5_000;

const SEALED = `select s.position::float8, e.home::integer, e.id::text,
             to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, e.office_id::text as "officeId",
             e.type, e.outcome, e.actor, e.subject, e.application_id as "applicationId", e.request_id as "requestId", e.details
           from audit_seals s
           join lateral (select * from audit_events where home = $home and id = s.event_id offset 0) e on true
           where s.home = $home and s.chain = vestibule_chain()`;

const statements = {
  ends: {
    name: "event_chain_ends",
    text: `select position::float8, pruned_position::float8 as "prunedTo" from audit_chains
           where home = $home and chain = vestibule_chain()`,
  },
  // By position and not by id or time: only what is committed is sealed, and a later seal never gets an earlier position.
  find: {
    name: "event_page",
    text: `${SEALED} and s.position > $1 and s.position <= $2
             and e.type = any($3::text[]) and ($4::text is null or e.outcome = $4)
           order by s.position limit $5`,
  },
  at: { name: "event_at", text: `${SEALED} and s.position = any($1::bigint[])` },
} as const satisfies Record<string, Statement>;

/** A read model over the audit log: its events in the order of their seals, as programs get them. */
export class EventStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** A page of an office's events, or of those without an office. */
  page(officeId: string | null, question: EventQuestion): Promise<EventPage> {
    const read = (tx: Queryable) => this.pageIn(tx, question);
    return officeId === null ? this.#database.transaction(read) : this.#database.inOffice(officeId, read);
  }

  /** The same in a transaction of the office. */
  async pageIn(tx: Queryable, { after, types, outcome, limit }: EventQuestion): Promise<EventPage> {
    await planEachRead(tx);
    const [ends] = await tx.query<{ position: number; prunedTo: number }>(statements.ends);
    const { position: head, prunedTo } = ends ?? { position: 0, prunedTo: 0 };
    const from = Math.max(after, prunedTo);
    const end = Math.min(head, from + WINDOW);
    const rows = await tx.query<SealedRow>(statements.find, [
      ...[from, end, auditTypesOf(types), outcome],
      limit + 1,
    ]);
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? (page.at(-1)?.position ?? from) : end;
    const events = page.flatMap((row) => {
      const event = publicEvent(row);
      return event === null ? [] : [{ position: row.position, event }];
    });
    const isWhole = after === 0 || (after >= prunedTo && after <= head);
    return { events, last, hasMore: last < head, isWhole };
  }

  /** The events at these positions that are still kept, in a transaction of their office. */
  async at(tx: Queryable, positions: readonly number[]): Promise<ReadonlyMap<number, PublicEvent>> {
    const rows = positions.length === 0 ? [] : await tx.query<SealedRow>(statements.at, [positions]);
    return new Map(
      rows.flatMap((row) => {
        const event = publicEvent(row);
        return event === null ? [] : [[row.position, event] as const];
      }),
    );
  }
}
