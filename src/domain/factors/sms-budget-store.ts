import type { Queryable, Statement } from "../../platform/database/database.ts";

/** What a counter of text messages counts for; the numbers stand in the table, and are the order of locking. */
export const SMS_SCOPE = {
  interaction: 1,
  numberHour: 2,
  numberDay: 3,
  account: 4,
  address: 5,
  prefix: 6,
  office: 7,
  country: 8,
} as const;

/** One counter with its limit. */
export interface SmsCounter {
  readonly scope: (typeof SMS_SCOPE)[keyof typeof SMS_SCOPE];
  readonly key: Buffer;
  readonly most: number;
  readonly minutes: number;
}

export interface SmsCount {
  readonly scope: number;
  readonly sent: number;
}

const statements = {
  // The one statement that gives messages away. A counter that is missing from the answer is full.
  count: {
    name: "sms_budget_count",
    text: `
      with asked as (
        select * from unnest($1::smallint[], $2::bytea[], $3::integer[], $4::integer[]) as a (scope, key, most, minutes))
      insert into sms_budget as b (scope, key, sent, window_ends)
      select scope, key, 1, $5::timestamptz + make_interval(mins => minutes) from asked where most > 0 order by scope
      on conflict (scope, key) do update set
        sent = case when b.window_ends <= $5 then 1 else b.sent + 1 end,
        told = b.told and b.window_ends > $5,
        window_ends = case when b.window_ends <= $5 then excluded.window_ends else b.window_ends end
      where b.window_ends <= $5
        or b.sent < (select a.most from asked a where a.scope = b.scope and a.key = b.key)
      returning scope, sent`,
  },
  tell: {
    name: "sms_budget_tell",
    text: `insert into sms_budget as b (scope, key, sent, told, window_ends)
           values ($1, $2, 0, true, $3::timestamptz + make_interval(mins => $4))
           on conflict (scope, key) do update set told = true,
             sent = case when b.window_ends <= $3 then 0 else b.sent end,
             window_ends = case when b.window_ends <= $3 then excluded.window_ends else b.window_ends end
           where b.window_ends <= $3 or not b.told returning scope`,
  },
  purge: {
    name: "sms_budget_purge",
    text: `delete from sms_budget where ctid = any(array(
             select ctid from sms_budget where window_ends <= now() limit $1 for update skip locked))`,
  },
} as const satisfies Record<string, Statement>;

/** Counters of text messages, shared by all server processes. */
export class SmsBudgetStore {
  readonly #queryable: Queryable;

  constructor(queryable: Queryable) {
    this.#queryable = queryable;
  }

  /** Counts one message on every counter that has room; roll the transaction back when one is missing. */
  count(tx: Queryable, counters: readonly SmsCounter[], now: Date): Promise<SmsCount[]> {
    return tx.query(statements.count, [
      counters.map((counter) => counter.scope),
      counters.map((counter) => counter.key),
      counters.map((counter) => counter.most),
      counters.map((counter) => counter.minutes),
      now,
    ]);
  }

  /** Whether this is the first time in the counter's window that its stop is told. */
  async isFirstStop(tx: Queryable, counter: SmsCounter, now: Date): Promise<boolean> {
    const { scope, key, minutes } = counter;
    return (await tx.query(statements.tell, [scope, key, now, minutes])).length === 1;
  }

  async purge(limit: number): Promise<void> {
    await this.#queryable.query(statements.purge, [limit]);
  }
}
