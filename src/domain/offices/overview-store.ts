import { joinUser, withUserIds } from "../audit/event-names.ts";
import { limitReads } from "../../platform/database/limited-reads.ts";
import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { FACTOR_KINDS, type FactorKind } from "../factors/factor.ts";
import type { Counter } from "../../platform/limits/rate-limit-store.ts";
import { now } from "../../kernel/clock.ts";
import { homeOfBytes } from "../../kernel/home.ts";
import { RECOVERY_CODES } from "../factors/recovery-codes.ts";
import { FEW_CODES } from "../users/user-list.ts";
import { isRequired, isSetUpOver } from "../users/user-list-sql.ts";

/** Counts of an office; of its active users, unless another set is named. Per factor kind, how many have one. */
export interface OfficeCounts extends Readonly<Record<FactorKind, number>> {
  readonly users: number;
  readonly disabled: number;
  /** Nothing enrolled yet. */
  readonly none: number;
  /** Of those, how many have no time left for what the office requires. */
  readonly overdue: number;
  readonly fewCodes: number;
  /** Locked out now, or frozen. */
  readonly blocked: number;
  readonly pendingNumbers: number;
  readonly superusers: number;
}

export interface SmsUse {
  readonly budget: number;
  /** Counted against the day's budget so far. */
  readonly used: number;
}

/** An audit event that a superuser should know about. */
export interface ImportantEvent {
  /** PostgreSQL's bigint as text. */
  readonly id: string;
  readonly at: Date;
  readonly type: string;
  readonly outcome: "ok" | "refused" | "alarm";
  readonly actor: string;
  readonly subject: string | null;
  /** The subject's, if it is a user of the office. */
  readonly username: string | null;
}

export interface Overview {
  readonly counts: OfficeCounts;
  readonly sms: SmsUse;
  readonly events: readonly ImportantEvent[];
}

/** How many of a user's recovery codes are used when few are left. */
const USED_WHEN_FEW = RECOVERY_CODES.number - FEW_CODES;

/** Which audit events a superuser should know about: the condition of the index audit_events_important. */
export const IMPORTANT = `(outcome = 'alarm' or type in ('code.blocked', 'factor.reset', 'number.change-requested',
  'number.removed', 'office.changed', 'password.reset', 'user.disabled', 'users.imported', 'users.exported'))`;

const statements = {
  // Each part reads an index of the office alone: users and factors once, and of all others the few that matter. A used
  // code is rarer than one that is left, so few codes are many used ones.
  counts: {
    name: "overview_counts",
    text: `
      with u as (select id, status, role from users where home = $home and office_id = $1),
        f as (select user_id, ${FACTOR_KINDS.map((kind) => `bool_or(kind = '${kind}') as "${kind}"`).join(", ")}
          from factors where home = $home and office_id = $1 group by user_id),
        a as (select id from u where status = 'active'),
        few as (select user_id from recovery_codes
          where home = $home and office_id = $1 and used_at is not null group by user_id having count(*) >= $4)
      select c.users, c.disabled, c.superusers, c.none, ${FACTOR_KINDS.map((kind) => `c."${kind}"`).join(", ")},
        case when ${isRequired("$2")} then (select count(*)::integer from a join users u on u.home = $home and u.id = a.id
          where not exists (select from f where f.user_id = u.id) and ${isSetUpOver("$2")}) else 0 end as overdue,
        (select count(*)::integer from few join a on a.id = few.user_id) as "fewCodes",
        (select count(*)::integer from second_factor_guard g join a on a.id = g.user_id
          where g.home = $home and g.office_id = $1 and (g.blocked_until > $2 or g.failed_since_success >= $3)) as blocked,
        (select count(*)::integer from mobile_numbers n join a on a.id = n.user_id
          where n.home = $home and n.office_id = $1 and n.pending_number is not null) as "pendingNumbers"
      from offices o, (
        select count(*) filter (where status = 'active')::integer as users,
          count(*) filter (where status = 'disabled')::integer as disabled,
          count(*) filter (where status = 'active' and role = 'superuser')::integer as superusers,
          ${FACTOR_KINDS.map((kind) => `count(*) filter (where status = 'active' and f."${kind}")::integer as "${kind}"`).join(", ")},
          count(*) filter (where status = 'active' and f.user_id is null)::integer as none
        from u left join f on f.user_id = u.id) c
      where o.id = $1`,
  },
  smsToday: {
    name: "overview_sms_today",
    text: `
      select o.sms_daily_budget as budget,
        coalesce((select r.used from rate_limits r
          where r.home = $5 and r.scope = $3 and r.key = $4 and r.window_ends > $2), 0) as used
      from offices o where o.id = $1`,
  },
  // An index-only scan finds the ids; asked for whole rows, the planner may walk through a log that has none of them.
  events: {
    name: "overview_events",
    text: `
      select e.id::text, e.at, e.type, e.outcome, e.actor, e.subject, u.username from ${withUserIds(`
        select events.* from (
          select id from audit_events where home = $home and office_id = $1 and ${IMPORTANT} order by id desc limit $2) important
        join audit_events events on events.home = $home and events.id = important.id`)} e
      ${joinUser("u", "e.subject_id")} order by e.id desc`,
  },
} as const satisfies Record<string, Statement>;

interface Deps {
  readonly database: Database;
  readonly frozenFrom: number;
  /** The counter of the office's text messages. */
  readonly smsCounter: (officeId: string) => Counter;
}

/** A read model: the state of an office, in three statements. */
export class OverviewStore {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The day's budget of text messages, and how much of it is used. */
  async smsToday(officeId: string): Promise<SmsUse> {
    const [row] = await this.#deps.database.inOffice(officeId, (tx) => this.#smsToday(tx, officeId));
    if (row === undefined) {
      throw new Error("There is no such office.");
    }
    return row;
  }

  #smsToday(tx: Queryable, officeId: string): Promise<SmsUse[]> {
    const { scope, key } = this.#deps.smsCounter(officeId);
    return tx.query<SmsUse>(statements.smsToday, [officeId, now(), scope, key, homeOfBytes(key)]);
  }

  async find(officeId: string, events = 10): Promise<Overview> {
    const { database, frozenFrom } = this.#deps;
    const at = now();
    return database.inOffice(officeId, async (tx) => {
      const [, [counts], [sms], happened] = await Promise.all([
        limitReads(tx),
        tx.query<OfficeCounts>(statements.counts, [officeId, at, frozenFrom, USED_WHEN_FEW]),
        this.#smsToday(tx, officeId),
        tx.query<ImportantEvent>(statements.events, [officeId, events]),
      ]);
      if (counts === undefined || sms === undefined) {
        throw new Error("There is no such office to look over.");
      }
      return { counts, sms, events: happened };
    });
  }
}
