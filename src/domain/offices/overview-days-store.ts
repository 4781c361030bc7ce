import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { limitReads } from "../../platform/database/limited-reads.ts";
import { daysAfter, now } from "../../kernel/clock.ts";

/** What happened on a day, in UTC. */
export interface Day {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly signIns: number;
  /** Wrong passwords and codes, also those that were not judged any more. */
  readonly refused: number;
  readonly messages: number;
  /** Methods that were set up. */
  readonly enrolled: number;
  readonly alarms: number;
}

/** An office's last days, and what waits there. */
export interface OfficeDays {
  readonly days: readonly Day[];
  /**
   * Users who have a method today, and set up the first on that day; one number for each of `days`. Also those who are disabled
   * since: leaving them out costs more than all the rest, and moves no line that can be seen.
   */
  readonly newcomers: readonly number[];
  /** Changes that wait for a second person. */
  readonly requests: number;
}

/** All offices together. */
export interface PlatformDays {
  readonly days: readonly Day[];
  readonly alarming: readonly { readonly code: string; readonly name: string; readonly alarms: number }[];
}

interface Count {
  readonly day: string;
  readonly kind: keyof typeof FIELDS;
  readonly events: number;
}

const FIELDS = {
  "sign-in": "signIns",
  refused: "refused",
  message: "messages",
  enrolled: "enrolled",
  alarm: "alarms",
} as const satisfies Record<string, keyof Day>;

/** How many days the charts show, today last. */
const CHART_DAYS = 30;

/** For how many days an alarm asks for attention. */
export const ALARM_DAYS = 7;

const statements = {
  // The zero chain would be asked for without an office: an office's transaction sees its own chain only.
  ofOffice: {
    name: "overview_days",
    text: `select to_char(day, 'YYYY-MM-DD') as day, kind, events from audit_days where home = $home and chain = $1 and day >= $2`,
  },
  ofAll: {
    name: "overview_days_of_all",
    text: `select to_char(day, 'YYYY-MM-DD') as day, kind, events::float8 as events from audit_days_of_all($1)`,
  },
  alarming: {
    name: "overview_alarming",
    text: "select code, name, alarms::float8 as alarms from offices_with_alarms($1)",
  },
  // By the index factors_enrolled: those of these days alone, however many users the office has.
  newcomers: {
    name: "overview_newcomers",
    text: `
      select to_char((f.at at time zone 'UTC')::date, 'YYYY-MM-DD') as day, count(*)::integer as users
      from (select user_id, min(confirmed_at) as at from factors
        where home = $home and office_id = $1 and confirmed_at >= $2::date group by user_id) f
      where not exists (select from factors g
        where g.home = $home and g.office_id = $1 and g.user_id = f.user_id and g.confirmed_at < $2::date)
      group by 1`,
  },
  requests: {
    name: "overview_requests",
    text: `select count(*)::integer as requests from approval_requests
           where home = $home and office_id = $1 and state = 'open' and ends_at > $2`,
  },
} as const satisfies Record<string, Statement>;

/** A read model: what happened on the last days, for the charts of an office and of the platform. */
export class OverviewDaysStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async ofOffice(officeId: string): Promise<OfficeDays> {
    const at = now();
    const days = lastDays(at);
    const [first = ""] = days;
    return this.#database.inOffice(officeId, async (tx) => {
      const [, counts, newcomers, [waiting]] = await Promise.all([
        limitReads(tx),
        tx.query<Count>(statements.ofOffice, [officeId, first]),
        tx.query<{ day: string; users: number }>(statements.newcomers, [officeId, first]),
        tx.query<{ requests: number }>(statements.requests, [officeId, at]),
      ]);
      return {
        days: dayRows(days, counts),
        newcomers: days.map((day) => newcomers.find((one) => one.day === day)?.users ?? 0),
        requests: waiting?.requests ?? 0,
      };
    });
  }

  async ofPlatform(): Promise<PlatformDays> {
    const at = now();
    const days = lastDays(at);
    return this.#database.transaction(async (tx: Queryable) => {
      const [, counts, alarming] = await Promise.all([
        limitReads(tx),
        tx.query<Count>(statements.ofAll, [days[0]]),
        tx.query<PlatformDays["alarming"][number]>(statements.alarming, [days.at(-ALARM_DAYS)]),
      ]);
      return { days: dayRows(days, counts), alarming };
    });
  }
}

const lastDays = (at: Date): string[] =>
  Array.from({ length: CHART_DAYS }, (_, index) =>
    daysAfter(at, index + 1 - CHART_DAYS)
      .toISOString()
      .slice(0, 10),
  );

function dayRows(days: readonly string[], counts: readonly Count[]): Day[] {
  const byDay = Map.groupBy(counts, ({ day }) => day);
  return days.map((day) => ({
    ...{ day, signIns: 0, refused: 0, messages: 0, enrolled: 0, alarms: 0 },
    ...Object.fromEntries((byDay.get(day) ?? []).map(({ kind, events }) => [FIELDS[kind], events])),
  }));
}
