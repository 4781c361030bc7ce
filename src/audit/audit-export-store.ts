import type { Queryable, Statement } from "../database/database.ts";
import { ofScope } from "./audit-seal-store.ts";

/** Which events; null for no bound. */
export interface ExportFilter {
  readonly from: Date | null;
  /** The first moment that no longer counts. */
  readonly to: Date | null;
  readonly types: readonly string[] | null;
}

/** An event as it leaves, in the order of a line. */
export interface ExportedEvent {
  readonly id: string;
  /** UTC with microseconds. */
  readonly at: string;
  readonly officeId: string | null;
  readonly type: string;
  readonly outcome: string;
  readonly actor: string;
  readonly subject: string | null;
  readonly applicationId: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  /** JSON. */
  readonly details: string;
  /** Its place in the chain and the hash there; null for one that waits for its seal. */
  readonly position: number | null;
  readonly hash: string | null;
}

const find: Statement = {
  name: "audit_export",
  text: `select e.id::text, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
           e.office_id::text as "officeId", e.type, e.outcome, e.actor, e.subject,
           e.application_id as "applicationId", e.address::text, e.request_id as "requestId",
           s.position::float8, encode(s.hash, 'hex') as hash, e.details::text
         from (
           select * from audit_events where office_id = vestibule_office() and id > $1
             and ($2::timestamptz is null or at >= $2) and ($3::timestamptz is null or at < $3)
             and ($4::text[] is null or type = any($4))
           order by id limit $5) e
         left join audit_seals s on s.event_id = e.id
         order by e.id`,
};

/** A read model: events with their seals, the oldest first. */
export class AuditExportStore {
  /** The next `limit` after one, within the transaction of the export. */
  find(
    tx: Queryable,
    officeId: string | null,
    { after, limit, from, to, types }: ExportFilter & { readonly after: string; readonly limit: number },
  ): Promise<ExportedEvent[]> {
    return tx.query<ExportedEvent>(ofScope(find, officeId), [after, from, to, types, limit]);
  }
}
