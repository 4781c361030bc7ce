import type { Queryable, Statement } from "../../platform/database/database.ts";

/** On which every server process hears of changed applications; the payload is the id. */
export const APPLICATION_CHANNEL = "vestibule_application";

const statements = {
  one: { name: "application_announce", text: "select pg_notify($1, $2)" },
  ofOffice: {
    name: "application_announce_of_office",
    text: "select pg_notify($1, id) from applications where office_id = $2",
  },
} as const satisfies Record<string, Statement>;

/**
 * Changes an application, and announces it when the transaction commits: both statements travel together. Returns whether the change
 * concerned a row. The announcement is a statement of its own, because a database that is spread over machines would make one inside
 * the change on the machine of the row, where no server listens. Copies also age, should one be lost.
 */
export async function changeAndAnnounce(
  tx: Queryable,
  id: string,
  { statement, values }: { readonly statement: Statement; readonly values: readonly unknown[] },
): Promise<boolean> {
  const [rows] = await Promise.all([
    tx.query(statement, values),
    tx.query(statements.one, [APPLICATION_CHANNEL, id]),
  ]);
  return rows.length === 1;
}

/** Announces all applications of an office, in the transaction that deletes some of them. */
export async function announceAllOf(tx: Queryable, officeId: string): Promise<void> {
  await tx.query(statements.ofOffice, [APPLICATION_CHANNEL, officeId]);
}
