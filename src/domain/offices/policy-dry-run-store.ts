import type { Database, Statement } from "../../platform/database/database.ts";
import { ENROLMENT_DAYS, type EnrolmentWindow } from "../factors/enrolment.ts";
import type { Role } from "../access/role.ts";
import type { FactorKind } from "../factors/factor.ts";
import type { NumberState } from "../factors/number-store.ts";

/** The state of a user that the journey reads; times in seconds since 1970. */
export interface UserState {
  readonly factors: readonly FactorKind[];
  readonly isBlocked: boolean;
  readonly isFrozen: boolean;
  readonly number: NumberState;
  readonly isNumberPending: boolean;
  readonly createdAt: number;
  readonly enrolment: EnrolmentWindow | null;
  readonly isPasswordExpired: boolean;
  readonly role: Role;
}

/** Users of an office with the same state. */
export interface UserStateGroup {
  /** Identifies the group, for listing its members. */
  readonly key: string;
  readonly people: number;
  readonly state: UserState;
  /** When the office decided its current policy, and that of phishing; seconds since 1970. */
  readonly since: number | null;
  readonly resistantSince: number | null;
}

export interface GroupMember {
  readonly id: string;
  readonly key: string;
  readonly username: string;
  readonly name: string;
}

/** Users whom a dry run names apart from what they will see. */
export interface NamedPeople {
  readonly people: number;
  /** The first of them, by username. */
  readonly names: readonly { readonly id: string; readonly username: string; readonly name: string }[];
}

/** When the policy takes effect, and from how many failures a factor is frozen. */
export interface ForecastMoment {
  readonly at: Date;
  readonly frozenFrom: number;
}

/** Every active user, with the state that the journey reads; $1 the moment, $2 the failures that freeze. */
const PEOPLE = `
  select u.id, u.username, u.username_key, u.name, u.role, u.created_at, u.password_expired,
    array(select f.kind from factors f where f.home = $home and f.user_id = u.id order by f.kind) as factors,
    coalesce(g.blocked_until > $1, false) as blocked, coalesce(g.failed_since_success >= $2, false) as frozen,
    coalesce(n.state, 'none') as number, n.pending_number is not null as pending,
    u.created_at > $1::timestamptz - interval '${String(ENROLMENT_DAYS)} days' as young,
    w.opened_at, w.ends_at, coalesce(w.ends_at > $1, false) as open, w.code_hash is not null as coded
  from users u
    left join second_factor_guard g on g.home = $home and g.user_id = u.id
    left join mobile_numbers n on n.home = $home and n.user_id = u.id
    left join enrolment_windows w on w.home = $home and w.user_id = u.id
  where u.home = $home and u.status = 'active'`;

const KEY = `concat_ws(' ', factors, blocked, frozen, number, pending, young, ends_at is not null, open, coded, password_expired, role)`;

const statements = {
  groups: {
    name: "dry_run_groups",
    text: `select ${KEY} as key, count(*)::integer as people,
             (select extract(epoch from o.second_factor_since)::float8 from offices o where o.id = vestibule_office()) as since,
             (select extract(epoch from o.resistant_since)::float8 from offices o where o.id = vestibule_office()) as "resistantSince",
             json_build_object(
             'factors', (array_agg(to_json(factors)))[1], 'isBlocked', bool_or(blocked), 'isFrozen', bool_or(frozen),
             'role', min(role), 'number', min(number), 'isNumberPending', bool_or(pending), 'isPasswordExpired', bool_or(password_expired),
             'createdAt', max(extract(epoch from created_at)::float8),
             'enrolment', case when bool_or(ends_at is not null) then json_build_object(
               'openedAt', max(extract(epoch from opened_at)::float8), 'endsAt', max(extract(epoch from ends_at)::float8),
               'needsCode', bool_or(coded)) end) as state
           from (${PEOPLE}) p group by 1`,
  },
  members: {
    name: "dry_run_members",
    text: `select id, ${KEY} as key, username, name from (${PEOPLE}) p
           where ${KEY} = any($3) and username_key > $4 order by username_key limit $5`,
  },
  withoutAddress: {
    name: "dry_run_without_address",
    text: `select u.id, u.username, u.name, (count(*) over ())::integer as people from users u
           where u.home = $home and u.status = 'active' and u.mail is null order by u.username_key limit $1`,
  },
  others: {
    name: "dry_run_other_passkeys",
    text: `select u.id, u.username, u.name, (count(*) over ())::integer as people from users u
           where u.home = $home and u.status = 'active' and exists (
             select from passkeys k where k.home = $home and k.user_id = u.id and k.aaguid <> all($1::uuid[]))
           order by u.username_key limit $2`,
  },
} as const satisfies Record<string, Statement>;

/** A read model for the dry run: an office's users grouped by state, in one statement whatever their number. */
export class PolicyDryRunStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  groups(officeId: string, { at, frozenFrom }: ForecastMoment): Promise<UserStateGroup[]> {
    return this.#database.inOffice(officeId, (tx) =>
      tx.query<UserStateGroup>(statements.groups, [at, frozenFrom]),
    );
  }

  /** Active users who have passkeys of other models than these. They keep them. */
  others(officeId: string, models: readonly string[], limit: number): Promise<NamedPeople> {
    return this.#named(officeId, statements.others, [models, limit]);
  }

  /** Active users without an email address. */
  withoutAddress(officeId: string, limit: number): Promise<NamedPeople> {
    return this.#named(officeId, statements.withoutAddress, [limit]);
  }

  async #named(officeId: string, statement: Statement, values: readonly unknown[]): Promise<NamedPeople> {
    const rows = await this.#database.inOffice(officeId, (tx) =>
      tx.query<NamedPeople["names"][number] & { people: number }>(statement, values),
    );
    const names = rows.map(({ id, username, name }) => ({ id, username, name }));
    return { people: rows[0]?.people ?? 0, names };
  }

  /** Users of these groups by username; `after` is the folded username of the last one seen, or empty. */
  members(
    officeId: string,
    { at, frozenFrom }: ForecastMoment,
    page: { keys: readonly string[]; after: string; limit: number },
  ): Promise<GroupMember[]> {
    const values = [at, frozenFrom, page.keys, page.after, page.limit];
    return this.#database.inOffice(officeId, (tx) => tx.query<GroupMember>(statements.members, values));
  }
}
