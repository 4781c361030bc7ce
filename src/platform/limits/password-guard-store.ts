import type { Queryable, Statement } from "../database/database.ts";

/** What a counter counts for; the numbers stand in the table. */
export const SCOPE = {
  account: 1,
  browser: 2,
  address: 3,
  office: 4,
  client: 5,
  mailAddress: 20,
  mailPerson: 21,
  userCodeAddress: 30,
  userCodes: 31,
} as const;

/** One counter with its limit. */
export interface Counter {
  readonly scope: (typeof SCOPE)[keyof typeof SCOPE];
  readonly key: Buffer;
  readonly limit: number;
}

export interface Reserved {
  readonly scope: number;
  readonly tries: number;
}

// Every statement locks counters in the order of their scope, so that two tries never wait for each other in a ring.
const MINE = `mine as materialized (
        select g.scope, g.key from password_guard g
        where (g.scope, g.key) in (select * from unnest($1::smallint[], $2::bytea[]))
        order by g.scope for update of g)`;

const statements = {
  reserve: {
    name: "password_guard_reserve",
    text: `
      with asked as (select * from unnest($1::smallint[], $2::bytea[], $3::integer[]) as a (scope, key, tries_limit))
      insert into password_guard as g (scope, key, tries, pending, window_ends)
      select scope, key, 1, 1, $5 from asked order by scope
      on conflict (scope, key) do update set
        tries = case when g.window_ends <= $4 then 1 else g.tries + 1 end,
        pending = case when g.window_ends <= $4 then 1 else g.pending + 1 end,
        recent = case when g.window_ends <= $4 then '{}' else g.recent end,
        window_ends = case when g.window_ends <= $4 then excluded.window_ends else g.window_ends end
      where g.window_ends <= $4
        or g.tries < (select a.tries_limit from asked a where a.scope = g.scope and a.key = g.key)
      returning scope, tries`,
  },
  // A shared counter that is full of tries which nobody has judged yet says nothing of anybody: they may all be right.
  full: {
    name: "password_guard_full",
    text: `
      with asked as (select * from unnest($1::smallint[], $2::bytea[], $3::integer[]) as a (scope, key, tries_limit))
      select max(g.window_ends) as ends, bool_or(g.scope in (1, 2) or g.tries - g.pending >= a.tries_limit) as is_wrong
      from password_guard g join asked a on a.scope = g.scope and a.key = g.key where g.window_ends > $4`,
  },
  giveBack: {
    name: "password_guard_give_back",
    text: `
      with ${MINE}
      update password_guard g set tries = greatest(g.tries - 1, 0), pending = greatest(g.pending - 1, 0)
      from mine where g.scope = mine.scope and g.key = mine.key`,
  },
  // A right password ends the count of its account or browser; the shared counters only get this try back.
  succeed: {
    name: "password_guard_succeed",
    text: `
      with ${MINE}
      update password_guard g set
        tries = case when g.scope in (1, 2) then 0 else greatest(g.tries - 1, 0) end,
        pending = greatest(g.pending - 1, 0),
        recent = case when g.scope in (1, 2) then '{}' else g.recent end
      from mine where g.scope = mine.scope and g.key = mine.key`,
  },
  // $3, $4: the account's or browser's counter; $5: mark of the wrong password. Typing the same one again counts once.
  fail: {
    name: "password_guard_fail",
    text: `
      with ${MINE},
      known as (select from password_guard where scope = $3 and key = $4 and $5 = any(recent))
      update password_guard g set
        tries = g.tries - (select count(*)::integer from known),
        pending = greatest(g.pending - 1, 0),
        recent = case when g.scope = $3 and not exists (select from known)
          then ($5 || g.recent)[1:3] else g.recent end
      from mine where g.scope = mine.scope and g.key = mine.key
      returning not exists (select from known) as counted`,
  },
  purge: {
    name: "password_guard_purge",
    text: `delete from password_guard where ctid = any(array(
             select ctid from password_guard where window_ends <= now() limit $1 for update skip locked))`,
  },
} as const satisfies Record<string, Statement>;

export class PasswordGuardStore {
  readonly #queryable: Queryable;

  constructor(queryable: Queryable) {
    this.#queryable = queryable;
  }

  /** Counts one try on every counter that is below its limit; a counter that is missing from the answer is full. */
  reserve(counters: readonly Counter[], at: { now: Date; windowEnds: Date }): Promise<Reserved[]> {
    const limits = counters.map((counter) => counter.limit);
    return this.#queryable.query(statements.reserve, [...columns(counters), limits, at.now, at.windowEnds]);
  }

  /** Of counters that gave no try: when their time ends, and whether wrong passwords filled one of them. */
  async findFull(counters: readonly Counter[], now: Date): Promise<{ ends: Date; isWrong: boolean }> {
    const limits = counters.map((counter) => counter.limit);
    const [row] = await this.#queryable.query<{ ends: Date | null; is_wrong: boolean | null }>(
      statements.full,
      [...columns(counters), limits, now],
    );
    return { ends: row?.ends ?? now, isWrong: row?.is_wrong === true };
  }

  async giveBack(counters: readonly Counter[]): Promise<void> {
    await this.#queryable.query(statements.giveBack, columns(counters));
  }

  async succeed(tx: Queryable, counters: readonly Counter[]): Promise<void> {
    await tx.query(statements.succeed, columns(counters));
  }

  /** Answers whether the try counts; a wrong password that came shortly before does not. */
  async fail(counters: readonly Counter[], own: Counter, passwordMark: number): Promise<boolean> {
    const values = [...columns(counters), own.scope, own.key, passwordMark];
    const rows = await this.#queryable.query<{ counted: boolean }>(statements.fail, values);
    return rows[0]?.counted === true;
  }

  async purge(limit: number): Promise<void> {
    await this.#queryable.query(statements.purge, [limit]);
  }
}

const columns = (counters: readonly Counter[]) => [
  counters.map((counter) => counter.scope),
  counters.map((counter) => counter.key),
];
