import type { Database, Queryable, Statement } from "../../platform/database/database.ts";

/** Alarms of one type and office that no mail has reported yet. Holds no user's name, mail or network address. */
export interface AlarmGroup {
  readonly type: string;
  /** Null for an event of no office. */
  readonly officeCode: string | null;
  readonly count: number;
  readonly first: Date;
  readonly last: Date;
  /** Of the newest alarms, to find them in the log. */
  readonly requestIds: readonly string[];
}

const statements = {
  // One statement and the database's clock: of all processes, one gets the turn, once an hour. An alarm that is committed
  // later is not visible here and waits for the next turn.
  take: {
    name: "alarms_take",
    text: `
      with turn as (
        update alarm_digest set sent_at = now()
        where sent_at <= now() - interval '1 hour' and exists (select from alarms_untold) returning 1),
      taken as (
        delete from alarms_untold where exists (select from turn) returning at, type, office_code, request_id)
      select type, office_code as "officeCode", count(*)::integer as count, min(at) as first, max(at) as last,
        coalesce((array_agg(request_id order by at desc) filter (where request_id is not null))[1:3], '{}') as "requestIds"
      from taken group by type, office_code order by max(at) desc, type`,
  },
  purge: {
    name: "alarms_purge",
    text: `delete from alarms_untold where (home, id) in (
             select home, id from alarms_untold where at < now() - make_interval(days => $1) order by id limit $2)`,
  },
} as const satisfies Record<string, Statement>;

/** Alarms that have not been mailed yet; add_audit_events queues them. */
export class AlarmStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** One transaction for the alarms taken and the mails that report them. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  /** Takes all waiting alarms, in the transaction that mails them; none within an hour of the last time. */
  take(tx: Queryable): Promise<AlarmGroup[]> {
    return tx.query<AlarmGroup>(statements.take);
  }

  /** Deletes alarms that have waited for this many days. */
  async purge(days: number, limit: number): Promise<void> {
    await this.#database.query(statements.purge, [days, limit]);
  }
}
