import { homeOfBytes } from "../../kernel/home.ts";
import type { Queryable, Statement } from "../database/database.ts";

/**
 * Rate limits with fixed windows: a number of tries within some minutes of the first. Owns the table `rate_limits`, which all
 * server processes share; knows no passwords, mails or text messages. Start at `RateLimitStore.reserve`;
 * `network-limits.ts` makes the limits of an address.
 */

/** A limit: what is counted, for whom, how many tries, and the length of the window. */
export interface RateLimit {
  /** What is counted. The name is unique in the product and starts with its guard's: `password-account`. */
  readonly scope: string;
  /** For whom: a keyed hash of an account, an address or a phone number. */
  readonly key: Buffer;
  readonly limit: number;
  readonly minutes: number;
  /** Whether many people count here at the same moment, as for a network address: they must not wait for each other. */
  readonly isShared?: boolean;
  /** From how many wrong tries on an alarm is raised, once in a window; without it never. */
  readonly alarmAt?: number;
}

/** Identifies the counter of a limit. */
export type Counter = Pick<RateLimit, "scope" | "key">;

export interface Reserved {
  readonly scope: string;
  /** Tries in this window, including this one; null for a shared limit. */
  readonly used: number | null;
}

export interface FullLimit {
  readonly scope: string;
  readonly until: Date;
  /** Whether checked tries alone fill the limit. If false, some tries are still being checked and may be given back. */
  readonly isJudged: boolean;
}

const statements = {
  // A limit that is missing from the result is full.
  reserve: {
    name: "rate_limit_reserve",
    text: "select scope, used from rate_limit_reserve($1, $2, $3, $4, $5, $6, $7)",
  },
  full: {
    name: "rate_limit_full",
    text: `
      select a.scope, min(r.window_ends) as until, sum(r.used - r.pending) >= a.most as "isJudged"
      from unnest($1::smallint[], $2::text[], $3::bytea[], $4::integer[]) as a (home, scope, key, most)
      join rate_limits r on r.home = a.home and r.scope = a.scope and r.key = a.key
      where r.window_ends > $5 group by a.scope, a.most`,
  },
  giveBack: { name: "rate_limit_give_back", text: "select rate_limit_give_back($1, $2, $3)" },
  succeed: { name: "rate_limit_succeed", text: "select rate_limit_succeed($1, $2, $3)" },
  fail: {
    name: "rate_limit_fail",
    text: "select counted, near from rate_limit_fail($1, $2, $3, $4, $5, $6)",
  },
  // A counter is reported from that many checked tries on ($5), once in its window. Of several at the same moment the last one
  // sees them all: this is a statement of its own, after the one that counts them.
  report: {
    name: "rate_limit_report",
    text: `
      insert into rate_limits as r (home, scope, key, lane, used, reported, window_ends)
      select a.home, a.scope, a.key, a.lane, 0, true, coalesce(l.ends, $6::timestamptz + make_interval(mins => a.minutes))
      from unnest($1::smallint[], $2::text[], $3::bytea[], $4::integer[], $5::integer[], $7::smallint[])
        as a (home, scope, key, minutes, tries, lane)
      left join lateral (select sum(l.used - l.pending) as judged, min(l.window_ends) as ends from rate_limits l
        where l.home = a.home and l.scope = a.scope and l.key = a.key and l.window_ends > $6) l on true
      where coalesce(l.judged, 0) >= a.tries order by a.scope, a.key
      on conflict (home, scope, key, lane) do update set reported = true,
        used = case when r.window_ends <= $6 then 0 else r.used end,
        pending = case when r.window_ends <= $6 then 0 else r.pending end,
        recent = case when r.window_ends <= $6 then '{}' else r.recent end,
        window_ends = case when r.window_ends <= $6 then excluded.window_ends else r.window_ends end
      where r.window_ends <= $6 or not r.reported returning scope`,
  },
  purge: {
    name: "rate_limit_purge",
    text: `delete from rate_limits where ctid = any(array(
             select ctid from rate_limits where window_ends <= now() limit $1 for update skip locked))`,
  },
} as const satisfies Record<string, Statement>;

export class RateLimitStore {
  readonly #queryable: Queryable;

  constructor(queryable: Queryable) {
    this.#queryable = queryable;
  }

  /**
   * Counts one try on every limit that is not full; a limit that is missing from the result is full. Pass `tx` when an action that
   * did not happen must not count, and roll it back when a limit is full.
   */
  reserve(limits: readonly RateLimit[], now: Date, tx: Queryable = this.#queryable): Promise<Reserved[]> {
    return tx.query(statements.reserve, [...toReserve(limits), now]);
  }

  /**
   * Counts one try on every limit, or on none when one is full: a full /64 must not use up what its neighbours in the /48 may still
   * try. Returns until when the full ones refuse; null when the try is counted.
   */
  async reserveAll(limits: readonly RateLimit[], now: Date): Promise<Date | null> {
    const counted = new Set((await this.reserve(limits, now)).map(({ scope }) => scope));
    if (counted.size === limits.length) {
      return null;
    }
    const full = limits.filter(({ scope }) => !counted.has(scope));
    if (counted.size > 0) {
      await this.giveBack(limits.filter(({ scope }) => counted.has(scope)));
    }
    return this.refusedUntil(full, now);
  }

  /** Until when limits that are full refuse. */
  async refusedUntil(full: readonly RateLimit[], now: Date): Promise<Date> {
    const ends = (await this.findFull(full, now)).map(({ until }) => until.getTime());
    return new Date(Math.max(now.getTime(), ...ends));
  }

  /** For limits that are full: until when, and whether by checked tries. */
  findFull(limits: readonly RateLimit[], now: Date): Promise<FullLimit[]> {
    return this.#queryable.query(statements.full, [...asked(limits), now]);
  }

  async giveBack(counters: readonly Counter[], tx: Queryable = this.#queryable): Promise<void> {
    await tx.query(statements.giveBack, columns(counters));
  }

  /** Empties the first counter and gives the try back to the others. */
  async succeed(tx: Queryable, counters: readonly Counter[]): Promise<void> {
    await tx.query(statements.succeed, columns(counters));
  }

  /**
   * A wrong try. It does not count when its mark equals one of the last three of the first counter, as for a repeated password.
   * Returns the scopes of which it raises the alarm.
   */
  async fail(limits: readonly RateLimit[], mark: number, now: Date): Promise<string[]> {
    const alarms = limits.map(({ alarmAt }) => alarmAt ?? null);
    const values = [...columns(limits), alarms, mark, now];
    const [row] = await this.#queryable.query<{ near: string[] }>(statements.fail, values);
    const near = limits.filter(({ scope }) => row?.near.includes(scope));
    return near.length === 0 ? [] : this.#report(this.#queryable, near, now);
  }

  /** Whether this is the first report of a full limit in its window. */
  async isFirstReport(tx: Queryable, limit: RateLimit, now: Date): Promise<boolean> {
    return (await this.#report(tx, [{ ...limit, alarmAt: 0 }], now)).length === 1;
  }

  async #report(tx: Queryable, limits: readonly RateLimit[], now: Date): Promise<string[]> {
    const tries = limits.map(({ alarmAt }) => alarmAt ?? null);
    const lanes = limits.map(({ isShared = false }) => (isShared ? 1 : 0));
    const values = [...columns(limits), minutesOf(limits), tries, now, lanes];
    return (await tx.query<{ scope: string }>(statements.report, values)).map(({ scope }) => scope);
  }

  async purge(limit: number): Promise<void> {
    await this.#queryable.query(statements.purge, [limit]);
  }
}

/** A counter belongs to no office: it is at the home of its own key. */
const columns = (counters: readonly Counter[]) => [
  counters.map((counter) => homeOfBytes(counter.key)),
  counters.map((counter) => counter.scope),
  counters.map((counter) => counter.key),
];

const asked = (limits: readonly RateLimit[]) => [...columns(limits), limits.map(({ limit }) => limit)];

/** The arguments of the database's `rate_limit_succeed`, also for a statement that calls it itself. */
export const toSettle = columns;

/** The first arguments of the database's `rate_limit_reserve`, also for a statement that calls it itself. */
export const toReserve = (limits: readonly RateLimit[]) => [
  ...asked(limits),
  minutesOf(limits),
  limits.map(({ isShared = false }) => isShared),
];

const minutesOf = (limits: readonly RateLimit[]) => limits.map(({ minutes }) => minutes);
