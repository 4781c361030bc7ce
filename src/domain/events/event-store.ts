import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { planEachRead } from "../../platform/database/limited-reads.ts";
import { auditTypesOf } from "./event-catalogue.ts";
import { publicEvent, type PublicEvent, type SealedRow } from "./event.ts";

/** Up to where a reader has read. */
export interface EventPlace {
  /** 0 for the beginning. */
  readonly position: number;
  /** Of the seal there; after a restored backup the position has another one. Null: it is not compared. */
  readonly mark: string | null;
}

/** What a reader asks for. */
export interface EventQuestion {
  readonly after: EventPlace;
  /** Names of event types; none for all. */
  readonly types: readonly string[];
  readonly outcome: string | null;
  readonly limit: number;
}

export interface EventPage {
  readonly events: readonly PositionedEvent[];
  /** Up to where this page has read; the next one begins there, also when this one found nothing. */
  readonly last: EventPlace;
  readonly hasMore: boolean;
  /** Whether all that followed is still kept, and the log is the one that was read: it is not after a restored backup. */
  readonly isWhole: boolean;
}

export interface PositionedEvent {
  readonly position: number;
  readonly event: PublicEvent;
}

/** Positions that one page looks at, however few of them are asked for. */
const WINDOW = 5_000;

/** Six bytes of a hash: enough to tell two histories apart, which no one chooses. */
const markOf = (hash: string) => `encode(substring(${hash} for 6), 'hex')`;

/** The mark at a position of `audit_chains c`. What is pruned has no seal; the last one of them is kept with the chain. */
const markAt = (position: string) =>
  markOf(`case when ${position} = c.pruned_position then c.pruned_hash
             else (select s.hash from audit_seals s where s.home = $home and s.chain = c.chain and s.position = ${position}) end`);

const SEALED = `select s.position::float8, ${markOf("s.hash")} as mark, e.home::integer, e.id::text,
             to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, e.office_id::text as "officeId",
             e.type, e.outcome, e.actor, e.subject, e.application_id as "applicationId", e.request_id as "requestId", e.details
           from audit_seals s
           join lateral (select * from audit_events where home = $home and id = s.event_id offset 0) e on true
           where s.home = $home and s.chain = vestibule_chain()`;

const statements = {
  ends: {
    name: "event_chain_ends",
    text: `select c.position::float8, c.pruned_position::float8 as "prunedTo", ${markAt("$1")} as mark,
             n.until::float8, ${markAt("n.until")} as "untilMark"
           from audit_chains c
           cross join lateral (select least(c.position, greatest($1::bigint, c.pruned_position) + $2) as until) n
           where c.home = $home and c.chain = vestibule_chain()`,
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
    const ends = await this.#endsOf(tx, after.position);
    const rows = await tx.query<SealedRow>(statements.find, [
      ...[Math.max(after.position, ends.prunedTo), ends.until, auditTypesOf(types), outcome],
      limit + 1,
    ]);
    const page = rows.slice(0, limit);
    const end = { position: ends.until, mark: ends.untilMark };
    const last = placeOf(rows.length > limit ? page.at(-1) : undefined) ?? end;
    const events = page.flatMap((row) => {
      const event = publicEvent(row);
      return event === null ? [] : [{ position: row.position, event }];
    });
    return { events, last, hasMore: last.position < ends.position, isWhole: isKept(after, ends) };
  }

  /** Whether all that follows on a place is still kept, in the history in which it was read. */
  async isWhole(officeId: string | null, after: EventPlace): Promise<boolean> {
    const read = async (tx: Queryable) => isKept(after, await this.#endsOf(tx, after.position));
    return officeId === null ? this.#database.transaction(read) : this.#database.inOffice(officeId, read);
  }

  async #endsOf(tx: Queryable, after: number): Promise<Ends> {
    return (await tx.query<Ends>(statements.ends, [after, WINDOW]))[0] ?? EMPTY;
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

/** A chain, and what it has at a place and at the end of the page after it. */
interface Ends {
  readonly position: number;
  readonly prunedTo: number;
  readonly mark: string | null;
  readonly until: number;
  readonly untilMark: string | null;
}

const EMPTY: Ends = { position: 0, prunedTo: 0, mark: null, until: 0, untilMark: null };

const placeOf = (row: SealedRow | undefined): EventPlace | null =>
  row === undefined ? null : { position: row.position, mark: row.mark };

const isKept = (after: EventPlace, ends: Ends): boolean =>
  after.position === 0 ||
  (after.position >= ends.prunedTo &&
    after.position <= ends.position &&
    (after.mark === null || after.mark === ends.mark));
