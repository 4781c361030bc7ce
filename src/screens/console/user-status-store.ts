import type { Database, Statement } from "../../platform/database/database.ts";
import type { TrustedBrowserView } from "../../protocol/models/session-overview-store.ts";
import type { PasskeyView } from "../../domain/factors/passkeys/passkey.ts";
import { passkeysJson } from "../../domain/factors/passkeys/passkey-store.ts";
import type { FactorKind } from "../../domain/factors/factor.ts";
import { FEW_CODES } from "../../domain/users/user-list.ts";
import { isOverdue } from "../../domain/users/user-list-sql.ts";

/** The status of a user's second factor and sign-ins. Times in seconds since 1970. */
export interface UserStatus {
  /** Null: the user never had recovery codes. */
  readonly codesLeft: number | null;
  readonly hasFewCodes: boolean;
  /** E.164; waits for the approval of an administrator. */
  readonly pendingNumber: string | null;
  /** Null: not locked out now. */
  readonly blockedUntil: number | null;
  /** Only a reset helps. */
  readonly isFrozen: boolean;
  /** Null: never. */
  readonly lastSignInAt: number | null;
  /** Until when no password link goes out; null: no such limit. */
  readonly linksHeldUntil: number | null;
  /** Whether there is a mail address that is not proved to be the user's. */
  readonly hasUnprovedMail: boolean;
  /** The confirmed methods, the oldest first. */
  readonly factors: readonly { readonly kind: FactorKind; readonly since: number }[];
  readonly passkeys: readonly PasskeyView[];
  /** Without a method, although the office requires one, and with no time left to set one up. */
  readonly isOverdue: boolean;
  /** Whether an invitation waits that the user has not opened. */
  readonly isInvited: boolean;
  /** Trusted browsers, the newest first. */
  readonly trusted: readonly TrustedBrowserView[];
}

const statements = {
  find: {
    name: "console_user_status",
    text: `
      select case when s.user_id is not null then (select count(*) from recovery_codes c
          where c.home = $home and c.user_id = u.id and c.used_at is null)::integer end as "codesLeft",
        n.pending_number as "pendingNumber", extract(epoch from g.blocked_until)::float8 as "blockedUntil",
        coalesce(g.failed_since_success >= $2, false) as "isFrozen",
        extract(epoch from nullif(l.at, '-infinity'))::float8 as "lastSignInAt",
        extract(epoch from u.links_held_until)::float8 as "linksHeldUntil",
        coalesce((select json_agg(json_build_object('kind', f.kind, 'since', extract(epoch from f.confirmed_at)::float8)
          order by f.confirmed_at) from factors f where f.home = $home and f.user_id = u.id), '[]') as factors,
        ${passkeysJson("u.id")} as passkeys,
        ${isOverdue("to_timestamp($3)")} as "isOverdue",
        l.at = '-infinity' and exists (select from one_time_links t
          where t.home = $home and t.user_id = u.id and t.purpose = 'invitation' and t.spent_at is null and t.ends_at > to_timestamp($3)) as "isInvited",
        u.mail is not null and u.mail is distinct from u.mail_proved as "hasUnprovedMail",
        list_trusted_browsers($home, u.id, to_timestamp($3)) as trusted
      from users u join offices o on o.id = u.office_id
        left join recovery_code_sets s on s.home = $home and s.user_id = u.id
        left join mobile_numbers n on n.home = $home and n.user_id = u.id
        left join second_factor_guard g on g.home = $home and g.office_id = u.office_id and g.user_id = u.id
        left join last_sign_ins l on l.home = $home and l.user_id = u.id
      where u.home = $home and u.id = $1`,
  },
} as const satisfies Record<string, Statement>;

type Row = Omit<UserStatus, "hasFewCodes">;

/** A read model over one user's second factor and sign-ins. */
export class UserStatusStore {
  readonly #database: Database;
  readonly #frozenFrom: number;

  /** `frozenFrom`: the number of failures after which only a reset helps. */
  constructor(database: Database, frozenFrom: number) {
    this.#database = database;
    this.#frozenFrom = frozenFrom;
  }

  /** `now` in seconds since 1970. */
  async find(officeId: string, id: string, now: number): Promise<UserStatus> {
    const [row] = await this.#database.inOffice(officeId, (tx) =>
      tx.query<Row>(statements.find, [id, this.#frozenFrom, now]),
    );
    const { codesLeft = null, pendingNumber = null, lastSignInAt = null, trusted = [] } = row ?? {};
    return {
      ...{ codesLeft, pendingNumber, lastSignInAt, trusted },
      hasFewCodes: codesLeft !== null && codesLeft <= FEW_CODES,
      blockedUntil: ahead(row?.blockedUntil, now),
      isFrozen: row?.isFrozen ?? false,
      factors: row?.factors ?? [],
      passkeys: row?.passkeys ?? [],
      isOverdue: row?.isOverdue ?? false,
      isInvited: row?.isInvited ?? false,
      hasUnprovedMail: row?.hasUnprovedMail ?? false,
      linksHeldUntil: ahead(row?.linksHeldUntil, now),
    };
  }
}

const ahead = (at: number | null | undefined, now: number): number | null =>
  at !== null && at !== undefined && at > now ? at : null;
