import type { Queryable, Statement } from "../../platform/database/database.ts";
import { ofScope } from "./audit-seal-store.ts";
import type { StoredEvent } from "./event-content.ts";

/** Selects events; null for no bound. */
export interface ExportFilter {
  readonly from: Date | null;
  /** Exclusive. */
  readonly to: Date | null;
  readonly types: readonly string[] | null;
  readonly outcome: string | null;
}

/** An event as exported, with its fields in order. */
export interface ExportedEvent extends Omit<StoredEvent, "at" | "veils"> {
  /** UTC with microseconds. */
  readonly at: string;
  /** Its position in the chain and the hash there; null until it is sealed. */
  readonly position: number | null;
  readonly hash: string | null;
  /** The salts of the hashes that stand for address and personal details in the seal; null once those are erased. */
  readonly addressSalt: string | null;
  readonly personalSalt: string | null;
}

/** Columns of `audit_events e` and `audit_seals s`, in the order of the export. */
const LINE = `e.id::text, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
           e.office_id::text as "officeId", e.type, e.outcome, e.actor, e.subject,
           e.application_id as "applicationId", e.address::text, e.request_id as "requestId",
           s.position::float8, encode(s.hash, 'hex') as hash, e.address_salt::text as "addressSalt",
           e.personal_salt::text as "personalSalt", e.details::text`;

/** Parameters $2 to $5 of both statements. */
const MATCHES = `($2::timestamptz is null or at >= $2) and ($3::timestamptz is null or at < $3)
             and ($4::text[] is null or type = any($4)) and ($5::text is null or outcome = $5)`;

const find: Statement = {
  name: "audit_export",
  text: `select ${LINE}
         from (
           select * from audit_events where home = $home and office_id = vestibule_office() and id > $1
             and ${MATCHES}
           order by id limit $6) e
         left join audit_seals s on s.home = $home and s.event_id = e.id
         order by e.id`,
};

const count: Statement = {
  name: "audit_export_count",
  text: `select count(*)::integer as count from audit_events
         where home = $home and office_id = vestibule_office() and id > $1 and ${MATCHES}`,
};

const statements = {
  // By position and not by id: an event that is committed late has a low id, but its seal still follows the seals that
  // were there.
  findSealed: {
    name: "audit_export_sealed",
    text: `select ${LINE}
           from audit_seals s join audit_events e on e.home = $home and e.id = s.event_id
           where s.home = $home and s.chain = vestibule_chain() and s.position > $1 and s.position <= $6 and ${MATCHES}
           order by s.position`,
  },
  heads: { name: "audit_heads", text: "select chain::text, position::float8 from audit_heads()" },
} as const satisfies Record<string, Statement>;

/** The chain of the events without an office. */
const NO_OFFICE = "00000000-0000-0000-0000-000000000000";

const valuesOf = ({ from, to, types, outcome }: ExportFilter) => [from, to, types, outcome];

/** A read model: events with their seals, the oldest first. */
export class AuditExportStore {
  /** The next `limit` events after one, in the transaction of the export. */
  find(
    tx: Queryable,
    officeId: string | null,
    { after, limit, ...filter }: ExportFilter & { readonly after: string; readonly limit: number },
  ): Promise<ExportedEvent[]> {
    return tx.query<ExportedEvent>(ofScope(find, officeId), [after, ...valuesOf(filter), limit]);
  }

  /** How many events there are, in the transaction of the export. */
  async count(tx: Queryable, officeId: string | null, filter: ExportFilter): Promise<number> {
    const [row] = await tx.query<{ count: number }>(ofScope(count, officeId), ["0", ...valuesOf(filter)]);
    return row?.count ?? 0;
  }

  /** Sealed events of the transaction's chain, after one position and up to another. */
  findSealed(
    tx: Queryable,
    { after, last, ...filter }: ExportFilter & { readonly after: number; readonly last: number },
  ): Promise<ExportedEvent[]> {
    return tx.query<ExportedEvent>(statements.findSealed, [after, ...valuesOf(filter), last]);
  }

  /** The last position of each chain; the key is the office's id, or null for the events without an office. */
  async heads(queryable: Queryable): Promise<{ officeId: string | null; position: number }[]> {
    const rows = await queryable.query<{ chain: string; position: number }>(statements.heads);
    return rows.map(({ chain, position }) => ({ officeId: chain === NO_OFFICE ? null : chain, position }));
  }
}
