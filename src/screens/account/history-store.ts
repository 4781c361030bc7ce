import type { Database, Statement } from "../../platform/database/database.ts";
import type { OfficeView } from "../../platform/web/office-look.ts";
import { OFFICE_VIEW } from "../../protocol/models/access-lists.ts";
import { theRow } from "../../protocol/models/session-overview-store.ts";

/** The events that users see about their own sign-ins. */
const HISTORY_TYPES = [
  "sign-in",
  "password.wrong",
  "password.throttled",
  "code.wrong",
  "code.blocked",
] as const;
type HistoryType = (typeof HISTORY_TYPES)[number];

export interface HistoryEntry {
  /** Increases with time. A bigint of PostgreSQL as text. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly type: HistoryType;
  readonly applicationId: string | null;
  readonly applicationName: string | null;
  readonly address: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Entries on one page. */
export const HISTORY_PAGE = 20;

const statements = {
  // By key and not by offset, so that the last page is as cheap as the first one (index audit_events_history).
  find: {
    name: "account_history",
    text: `
      select ${OFFICE_VIEW}, coalesce((select json_agg(h) from (
        select e.id::text, extract(epoch from e.at)::float8 as at, e.type, e.application_id as "applicationId",
          a.name as "applicationName", host(e.address) as address, e.details
        from (
          select * from audit_events e
          where e.home = $home and e.subject = $2 and e.type in (${HISTORY_TYPES.map((type) => `'${type}'`).join(", ")}) and e.id < $3
          order by e.id desc limit $4) e
        left join applications a on a.id = e.application_id
        order by e.id desc) h), '[]') as entries`,
  },
} as const satisfies Record<string, Statement>;

/** A read model over the audit log: the user's own sign-ins, the newest first. */
export class HistoryStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Entries older than `before`. One more than a page, to know whether there are older ones. */
  async find({ id, officeId }: { id: string; officeId: string }, before: string) {
    const rows = await this.#database.inOffice(officeId, (tx) =>
      tx.query<{ readonly office: OfficeView; readonly entries: readonly HistoryEntry[] }>(statements.find, [
        officeId,
        id,
        before,
        HISTORY_PAGE + 1,
      ]),
    );
    return theRow(rows);
  }
}
