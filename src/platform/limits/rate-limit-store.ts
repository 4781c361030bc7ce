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
}

/** Identifies the counter of a limit. */
export type Counter = Pick<RateLimit, "scope" | "key">;

export interface Reserved {
  readonly scope: string;
  /** Tries in this window, including this one. */
  readonly used: number;
}

export interface FullLimit {
  readonly scope: string;
  readonly until: Date;
  /** Whether checked tries alone fill the limit. If false, some tries are still being checked and may be given back. */
  readonly isJudged: boolean;
}

const ASKED = `asked as (
        select * from unnest($1::smallint[], $2::text[], $3::bytea[], $4::integer[], $5::integer[])
          as a (home, scope, key, most, minutes))`;

// All statements lock counters in the order of their scope, to avoid deadlocks.
const MINE = `mine as materialized (
        select r.home, r.scope, r.key from rate_limits r
        where (r.home, r.scope, r.key) in (select * from unnest($1::smallint[], $2::text[], $3::bytea[]))
        order by r.scope, r.key for update of r)`;

const statements = {
  // The only statement that spends tries. A limit that is missing from the result is full.
  reserve: {
    name: "rate_limit_reserve",
    text: `
      with ${ASKED}
      insert into rate_limits as r (home, scope, key, used, pending, window_ends)
      select home, scope, key, 1, 1, $6::timestamptz + make_interval(mins => minutes)
        from asked where most > 0 order by scope, key
      on conflict (home, scope, key) do update set
        used = case when r.window_ends <= $6 then 1 else r.used + 1 end,
        pending = case when r.window_ends <= $6 then 1 else r.pending + 1 end,
        recent = case when r.window_ends <= $6 then '{}' else r.recent end,
        reported = r.reported and r.window_ends > $6,
        window_ends = case when r.window_ends <= $6 then excluded.window_ends else r.window_ends end
      where r.window_ends <= $6
        or r.used < (select a.most from asked a where a.home = r.home and a.scope = r.scope and a.key = r.key)
      returning scope, used`,
  },
  full: {
    name: "rate_limit_full",
    text: `
      with ${ASKED}
      select r.scope, r.window_ends as until, r.used - r.pending >= a.most as "isJudged"
      from rate_limits r join asked a on a.home = r.home and a.scope = r.scope and a.key = r.key where r.window_ends > $6`,
  },
  giveBack: {
    name: "rate_limit_give_back",
    text: `
      with ${MINE}
      update rate_limits r set used = greatest(r.used - 1, 0), pending = greatest(r.pending - 1, 0)
      from mine where r.home = mine.home and r.scope = mine.scope and r.key = mine.key`,
  },
  // $4, $5: the counter to reset; the others only get this try back.
  succeed: {
    name: "rate_limit_succeed",
    text: `
      with ${MINE}
      update rate_limits r set
        used = case when r.scope = $4 and r.key = $5 then 0 else greatest(r.used - 1, 0) end,
        pending = greatest(r.pending - 1, 0),
        recent = case when r.scope = $4 and r.key = $5 then '{}' else r.recent end
      from mine where r.home = mine.home and r.scope = mine.scope and r.key = mine.key`,
  },
  // $4, $5: the counter that keeps marks; $6: the mark of this try. Tries with an equal mark count once.
  fail: {
    name: "rate_limit_fail",
    text: `
      with ${MINE},
      known as (select from rate_limits where home = any($1) and scope = $4 and key = $5 and $6 = any(recent))
      update rate_limits r set
        used = r.used - (select count(*)::integer from known),
        pending = greatest(r.pending - 1, 0),
        recent = case when r.scope = $4 and not exists (select from known)
          then ($6 || r.recent)[1:3] else r.recent end
      from mine where r.home = mine.home and r.scope = mine.scope and r.key = mine.key
      returning not exists (select from known) as counted`,
  },
  report: {
    name: "rate_limit_report",
    text: `
      insert into rate_limits as r (home, scope, key, used, reported, window_ends)
      values ($1, $2, $3, 0, true, $4::timestamptz + make_interval(mins => $5))
      on conflict (home, scope, key) do update set reported = true,
        used = case when r.window_ends <= $4 then 0 else r.used end,
        pending = case when r.window_ends <= $4 then 0 else r.pending end,
        recent = case when r.window_ends <= $4 then '{}' else r.recent end,
        window_ends = case when r.window_ends <= $4 then excluded.window_ends else r.window_ends end
      where r.window_ends <= $4 or not r.reported returning scope`,
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
    return tx.query(statements.reserve, [...asked(limits), now]);
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
    const ends = (await this.findFull(full, now)).map(({ until }) => until.getTime());
    return new Date(Math.max(now.getTime(), ...ends));
  }

  /** For limits that are full: until when, and whether by checked tries. */
  findFull(limits: readonly RateLimit[], now: Date): Promise<FullLimit[]> {
    return this.#queryable.query(statements.full, [...asked(limits), now]);
  }

  async giveBack(counters: readonly Counter[]): Promise<void> {
    await this.#queryable.query(statements.giveBack, columns(counters));
  }

  /** Resets the counter `own` and gives the try back to the others. */
  async succeed(tx: Queryable, counters: readonly Counter[], own: Counter): Promise<void> {
    await tx.query(statements.succeed, [...columns(counters), own.scope, own.key]);
  }

  /** Returns whether the try counts. It does not when its mark equals one of the last three of `own`, as for a repeated password. */
  async fail(counters: readonly Counter[], own: Counter, mark: number): Promise<boolean> {
    const values = [...columns(counters), own.scope, own.key, mark];
    const rows = await this.#queryable.query<{ counted: boolean }>(statements.fail, values);
    return rows[0]?.counted === true;
  }

  /** Whether this is the first report of a full limit in its window. */
  async isFirstReport(tx: Queryable, { scope, key, minutes }: RateLimit, now: Date): Promise<boolean> {
    return (await tx.query(statements.report, [homeOfBytes(key), scope, key, now, minutes])).length === 1;
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

const asked = (limits: readonly RateLimit[]) => [
  ...columns(limits),
  limits.map(({ limit }) => limit),
  limits.map(({ minutes }) => minutes),
];
