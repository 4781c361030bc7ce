import type { Queryable, Statement } from "./database.ts";

const statements = {
  begin: { name: "do_or_undo_begin", text: "savepoint do_or_undo" },
  keep: { name: "do_or_undo_keep", text: "release savepoint do_or_undo" },
  undo: { name: "do_or_undo_undo", text: "rollback to savepoint do_or_undo" },
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
