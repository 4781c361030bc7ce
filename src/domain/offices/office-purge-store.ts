import { homeOf } from "../../kernel/home.ts";
import { announceAllOf } from "../applications/application-announcement.ts";
import { announce } from "../../platform/database/announcements.ts";
import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { officeAnnouncement } from "./office-announcement.ts";

/** A closed office that is to be deleted. */
export interface DueOffice {
  readonly id: string;
  readonly code: string;
  /** Whether its deletion has begun: then it cannot be reopened. */
  readonly hasBegun: boolean;
}

const statements = {
  schedule: {
    name: "office_purge_schedule",
    text: `update offices set version = version + 1, purge_at = now() + make_interval(days => $2)
           where id = $1 and status = 'closed' returning purge_at as at`,
  },
  due: {
    name: "offices_to_purge",
    text: `select id, code, purged_at is not null as "hasBegun" from offices where purge_at <= now() order by purge_at limit 1`,
  },
  // Decides between the deletion and an administrator who reopens the office at the same moment.
  begin: {
    name: "office_purge_begin",
    text: `update offices set version = version + 1, purged_at = now() where id = $1 and status = 'closed' and purge_at <= now()
             and purged_at is null returning id`,
  },
  // Of two processes, the second sees what the first has written. A row of the office cannot be locked in a transaction of none.
  lockTelling: {
    name: "office_purge_lock_telling",
    text: "select pg_advisory_xact_lock(hashtext('office.deleted'), hashtext($1))",
  },
  told: {
    name: "office_purge_told",
    text: `select from audit_events where home = $home and office_id is null and type = 'office.deleted' and subject = $1 limit 1`,
  },
  purge: { name: "office_purge", text: "select purge_office($1, $2, $3) as count" },
} as const satisfies Record<string, Statement>;

/** When closed offices are deleted, by the database's clock, and their deletion in parts. Reopening one (`office-store.ts`) takes it off. */
export class OfficePurgeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** In the transaction that closes the office. Returns when it will be deleted. */
  async schedule(tx: Queryable, id: string, days: number): Promise<Date | null> {
    const [[row]] = await Promise.all([
      tx.query<{ at: Date }>(statements.schedule, [id, days]),
      announce(tx, officeAnnouncement(id)),
    ]);
    return row?.at ?? null;
  }

  async findDue(): Promise<DueOffice | null> {
    return (await this.#database.query<DueOffice>(statements.due))[0] ?? null;
  }

  /** In a transaction of the office. Returns false when it was reopened, or another process has begun. */
  async begin(tx: Queryable, id: string): Promise<boolean> {
    const [rows] = await Promise.all([
      tx.query(statements.begin, [id]),
      announce(tx, officeAnnouncement(id)),
    ]);
    return rows.length === 1;
  }

  /** Whether the log of no office has to say yet that this one is deleted. One process at a time finds out, until the end of the transaction. */
  async isUntold(tx: Queryable, id: string): Promise<boolean> {
    await tx.query(statements.lockTelling, [id]);
    return (await tx.query(statements.told, [id])).length === 0;
  }

  /** Deletes at most about `limit` rows in one transaction; 0: the office is empty. It is announced, and its applications while there are some. */
  async purge(id: string, limit: number): Promise<number> {
    return this.#database.transaction(async (tx) => {
      const [, [row]] = await Promise.all([
        announceAllOf(tx, id),
        tx.query<{ count: number }>(statements.purge, [homeOf(id), id, limit]),
        announce(tx, officeAnnouncement(id)),
      ]);
      return row?.count ?? 0;
    });
  }
}
