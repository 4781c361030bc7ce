import type { Queryable, Statement } from "./database.ts";

const statements = {
  begin: { name: "rehearsal_begin", text: "savepoint rehearsal" },
  keep: { name: "rehearsal_keep", text: "release savepoint rehearsal" },
  undo: { name: "rehearsal_undo", text: "rollback to savepoint rehearsal" },
} as const satisfies Record<string, Statement>;

/**
 * Runs `work` and takes it back unless it is meant: what is done for a name that exists is done for one that does
 * not, so that nobody can tell them apart by the time that an answer takes. Within a transaction.
 */
export async function doOrUndo(tx: Queryable, isMeant: boolean, work: () => Promise<void>): Promise<void> {
  await tx.query(statements.begin);
  await work();
  await tx.query(isMeant ? statements.keep : statements.undo);
}
