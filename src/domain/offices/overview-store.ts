import { joinUser, withUserIds } from "../audit/event-names.ts";
import { limitReads } from "../../platform/database/limited-reads.ts";
import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { FACTOR_KINDS, type FactorKind } from "../factors/factor.ts";
import type { Counter } from "../../platform/limits/rate-limit-store.ts";
import { now } from "../../kernel/clock.ts";
import { FEW_CODES } from "../users/user-list.ts";

/** Counts of an office; of its active users, unless another set is named. Per factor kind, how many have one. */
export interface OfficeCounts extends Readonly<Record<FactorKind, number>> {
  readonly users: number;
  readonly disabled: number;
  /** Nothing enrolled yet. */
  readonly none: number;
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

const active = (condition: string) => `count(*) filter (where u.status = 'active' and ${condition})::integer`;

/** Which audit events a superuser should know about: the condition of the index audit_events_important. */
export const IMPORTANT = `(outcome = 'alarm' or type in ('code.blocked', 'factor.reset', 'number.change-requested',
  'number.removed', 'office.changed', 'password.reset', 'user.disabled', 'users.imported', 'users.exported'))`;

const statements = {
  counts: {
    name: "overview_counts",
    text: `
      select count(*) filter (where u.status = 'active')::integer as users,
        count(*) filter (where u.status = 'disabled')::integer as disabled,
        ${FACTOR_KINDS.map((kind) => `${active(`'${kind}' = any(f.kinds)`)} as "${kind}"`).join(", ")},
        ${active("f.user_id is null")} as none,
        ${active(`o.second_factor = 'required' and (o.second_factor_from is null or o.second_factor_from <= $2)
          and not coalesce(f.kinds && o.second_factor_methods, false)`)} as overdue,
        ${active("s.user_id is not null and coalesce(c.left, 0) <= $4")} as "fewCodes",
        ${active("(g.blocked_until > $2 or g.spent >= $3)")} as blocked,
        ${active("n.user_id is not null")} as "pendingNumbers", ${active("u.role = 'superuser'")} as superusers
      from users u join offices o on o.id = u.office_id
        left join (select user_id, array_agg(kind) as kinds
          from factors where office_id = $1 group by user_id) f on f.user_id = u.id
        left join recovery_code_sets s on s.user_id = u.id and s.office_id = $1
        left join (select user_id, count(*) as left from recovery_codes where office_id = $1 and used_at is null
          group by user_id) c on c.user_id = u.id
        left join second_factor_guard g on g.office_id = $1 and g.user_id = u.id
        left join mobile_numbers n on n.user_id = u.id and n.office_id = $1 and n.pending_number is not null
      where u.office_id = $1`,
  },
  smsToday: {
    name: "overview_sms_today",
    text: `
      select o.sms_daily_budget as budget,
        coalesce((select r.used from rate_limits r where r.scope = $3 and r.key = $4 and r.window_ends > $2), 0) as used
      from offices o where o.id = $1`,
  },
  // An index-only scan finds the ids; asked for whole rows, the planner may walk through a log that has none of them.
  events: {
    name: "overview_events",
    text: `
      select e.id::text, e.at, e.type, e.outcome, e.actor, e.subject, u.username from ${withUserIds(`
        select events.* from (select id from audit_events where office_id = $1 and ${IMPORTANT} order by id desc limit $2) important
        join audit_events events on events.id = important.id`)} e
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
    return tx.query<SmsUse>(statements.smsToday, [officeId, now(), scope, key]);
  }

  async find(officeId: string, events = 10): Promise<Overview> {
    const { database, frozenFrom } = this.#deps;
    const at = now();
    return database.inOffice(officeId, async (tx) => {
      const [, [counts], [sms], happened] = await Promise.all([
        limitReads(tx),
        tx.query<OfficeCounts>(statements.counts, [officeId, at, frozenFrom, FEW_CODES]),
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
