import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { homeOf } from "../../kernel/home.ts";

/** A deleted user of whom the audit log still has personal data. */
export interface ErasableUser {
  readonly id: string;
  readonly officeId: string;
  /** Whether the user was in support, and acted in other offices. */
  readonly isStaff: boolean;
}

const statements = {
  // Grants, sessions and refresh tokens have an index by account; codes and the other tokens are found by their grant.
  tokens: {
    name: "user_delete_tokens",
    text: `with owned as (
             delete from oidc_models m where m.home = $home and m.account_id = $1 and m.kind in (0, 1, 5)
             returning case m.kind when 0 then convert_from(m.id, 'UTF8') else m.grant_id end as grant_id)
           delete from oidc_models m using (select distinct grant_id from owned where grant_id is not null) o
             where m.home = $home and m.grant_id = o.grant_id`,
  },
  lockSignIns: {
    name: "user_delete_lock_sign_ins",
    text: "select from sign_ins where home = $home and user_id = $1 order by id for update",
  },
  signIns: {
    name: "user_delete_sign_ins",
    text: "delete from sign_ins where home = $home and user_id = $1",
  },
  importRows: {
    name: "user_delete_import_rows",
    text: "delete from import_rows where home = $home and id = $1",
  },
  outbox: { name: "user_delete_outbox", text: "delete from outbox_messages where recipient = any($1)" },
  numbers: {
    name: "user_delete_numbers",
    text: "select number, pending_number as pending from mobile_numbers where home = $home and user_id = $1",
  },
  // What refers to the user goes with this row.
  user: { name: "user_delete", text: "delete from users where home = $home and id = $1" },
  subject: {
    name: "user_delete_subject",
    text: "update subjects set deleted_at = $2, is_staff = $3 where home = $home and id = $1",
  },
  // Asks all homes.
  toErase: {
    name: "users_to_erase",
    text: `select id, office_id as "officeId", is_staff as "isStaff" from subjects
           where deleted_at is not null and erased_at is null order by deleted_at limit $1`,
  },
  erased: { name: "user_erased", text: "update subjects set erased_at = $3 where home = $1 and id = $2" },
} as const satisfies Record<string, Statement>;

/** Removes everything that Vestibule keeps of a user, but for the id: it is never given to another. */
export class UserDeletionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Mobile numbers of the user, E.164, the one that waits for approval included. */
  async numbersOf(tx: Queryable, id: string): Promise<string[]> {
    const rows = await tx.query<{ number: string; pending: string | null }>(statements.numbers, [id]);
    return rows.flatMap(({ number, pending }) => (pending === null ? [number] : [number, pending]));
  }

  /** Before the user is locked: a sign-in that sets up a method has locked itself, and then the user. */
  async lockSignIns(tx: Queryable, id: string): Promise<void> {
    await tx.query(statements.lockSignIns, [id]);
  }

  /** In a transaction of the user's office, after the sessions have ended. `recipients`: the user's addresses and numbers. */
  async remove(
    tx: Queryable,
    id: string,
    { recipients, isStaff, at }: { recipients: readonly string[]; isStaff: boolean; at: Date },
  ): Promise<void> {
    await tx.query(statements.tokens, [id]);
    await tx.query(statements.signIns, [id]);
    await tx.query(statements.importRows, [id]);
    await tx.query(statements.outbox, [recipients]);
    await tx.query(statements.user, [id]);
    await tx.query(statements.subject, [id, at, isStaff]);
  }

  /** At most `limit` deleted users, the first deleted first. */
  findToErase(limit: number): Promise<ErasableUser[]> {
    return this.#database.query<ErasableUser>(statements.toErase, [limit]);
  }

  async markErased(id: string, at: Date): Promise<void> {
    await this.#database.query(statements.erased, [homeOf(id), id, at]);
  }
}
