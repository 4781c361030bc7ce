import { announce, CHANGES_CHANNEL } from "../../platform/database/announcements.ts";
import type { Queryable, Statement } from "../../platform/database/database.ts";

const statements = {
  ofOffice: {
    name: "application_announce_of_office",
    text: "select pg_notify($1, id) from applications where office_id = $2",
  },
} as const satisfies Record<string, Statement>;

/**
 * Changes an application, and announces it by its id: both statements travel together. Returns whether the change concerned a row.
 */
export async function changeAndAnnounce(
  tx: Queryable,
  id: string,
  { statement, values }: { readonly statement: Statement; readonly values: readonly unknown[] },
): Promise<boolean> {
  const [rows] = await Promise.all([tx.query(statement, values), announce(tx, id)]);
  return rows.length === 1;
}

/** Announces all applications of an office, in the transaction that deletes some of them. */
export async function announceAllOf(tx: Queryable, officeId: string): Promise<void> {
  await tx.query(statements.ofOffice, [CHANGES_CHANNEL, officeId]);
}

/** Whether what was announced is an application: then it is the id of one. */
export const isApplication = (what: string): boolean => APPLICATION_ID.test(what);

/** A client id that cannot exist is not looked up: PostgreSQL rejects some of the characters that a client may send. */
export const APPLICATION_ID = /^app_[\w-]{16,100}$/;
