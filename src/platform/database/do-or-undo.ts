import type { Queryable, Statement } from "./database.ts";

const statements = {
  begin: { name: "rehearsal_begin", text: "savepoint rehearsal" },
  keep: { name: "rehearsal_keep", text: "release savepoint rehearsal" },
  undo: { name: "rehearsal_undo", text: "rollback to savepoint rehearsal" },
} as const satisfies Record<string, Statement>;

/**
 * Runs `work` in a savepoint and rolls it back unless `isMeant`. The same work runs for existing and for unknown usernames, so that
 * response times do not reveal which ones exist (user enumeration). Call it in a transaction.
 */
export async function doOrUndo(tx: Queryable, isMeant: boolean, work: () => Promise<void>): Promise<void> {
  await tx.query(statements.begin);
  await work();
  await tx.query(isMeant ? statements.keep : statements.undo);
}
