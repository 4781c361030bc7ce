import type { Queryable, Statement } from "../../platform/database/database.ts";
import { FACTOR_KINDS, type FactorKind } from "../factors/factor.ts";
import { AUDIT_TYPES } from "./audit-groups.ts";
import type { AuditType } from "./audit-event.ts";
import { joinUser, withUserIds } from "./event-names.ts";

/** A user of the office, and since when each factor has been confirmed. */
export interface PackUser {
  readonly username: string;
  readonly key: string;
  readonly name: string;
  readonly role: string;
  readonly status: "active" | "disabled";
  /** Dates such as 2026-01-31; null without the factor. */
  readonly since: Readonly<Record<FactorKind, string | null>>;
  readonly codesLeft: number;
}

/** A change, with its author. */
export interface PackChange {
  readonly id: string;
  readonly at: string;
  readonly type: AuditType;
  readonly outcome: string;
  readonly actor: string;
  readonly subject: string | null;
  readonly application: string | null;
  readonly address: string | null;
  /** JSON. */
  readonly details: string;
}

/** Daily events that change nothing: the export has them, and here they would hide the changes. */
const ORDINARY: ReadonlySet<AuditType> = new Set([
  "sign-in",
  "sign-in.cancelled",
  "sign-out",
  "consent",
  "password.wrong",
  "code.wrong",
  "sms.sent",
  "email-code.sent",
  "password-link.asked",
  "office-code.asked",
]);
const CHANGES = AUDIT_TYPES.filter((type) => !ORDINARY.has(type));

const dayOf = (kind: FactorKind) =>
  `'${kind}', (select to_char(f.confirmed_at at time zone 'UTC', 'YYYY-MM-DD') from factors f
     where f.home = $home and f.user_id = u.id and f.kind = '${kind}')`;

const statements = {
  users: {
    name: "pack_users",
    text: `select u.username, u.username_key as key, u.name, u.role, u.status,
             json_build_object(${FACTOR_KINDS.map(dayOf).join(", ")}) as since,
             (select count(*) from recovery_codes c
               where c.home = $home and c.user_id = u.id and c.used_at is null)::integer as "codesLeft"
           from users u where u.home = $home and u.office_id = vestibule_office() and u.username_key > $1
           order by u.username_key limit $2`,
  },
  changes: {
    name: "pack_changes",
    text: `select e.id::text, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as at, e.type, e.outcome,
             coalesce(au.username, e.actor) as actor, coalesce(su.username, sa.name, e.subject) as subject,
             coalesce(a.name, e.application_id) as application, host(e.address) as address, e.details::text
           from ${withUserIds(`
             select * from audit_events
             where home = $home and office_id = vestibule_office() and id > $1 and at >= $2 and type = any($3) order by id limit $4`)} e
           ${joinUser("au", "e.actor_id")}
           ${joinUser("su", "e.subject_id")}
           left join applications sa on sa.id = e.subject
           left join applications a on a.id = e.application_id
           order by e.id`,
  },
} as const satisfies Record<string, Statement>;

/** A read model for auditors, in the transaction of a pack. */
export class AuditPackStore {
  /** The next `limit` users by username. */
  users(tx: Queryable, after: string, limit: number): Promise<PackUser[]> {
    return tx.query<PackUser>(statements.users, [after, limit]);
  }

  /** The next `limit` changes since a moment. */
  changes(
    tx: Queryable,
    { after, since, limit }: { readonly after: string; readonly since: Date; readonly limit: number },
  ): Promise<PackChange[]> {
    return tx.query<PackChange>(statements.changes, [after, since, CHANGES, limit]);
  }
}
