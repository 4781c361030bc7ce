import type { Queryable, Statement } from "./database.ts";

/**
 * Raises the same error in the database as the first write would (SQLSTATE 25006), so that the pool closes the connection like any
 * other read-only one. Writes nothing.
 */
const MUST_BE_WRITABLE: Statement = {
  name: "must_be_writable",
  text: `do $$
    begin
      if pg_is_in_recovery() or current_setting('transaction_read_only')::boolean then
        raise exception 'the database is read-only' using errcode = '25006';
      end if;
    end $$`,
};

/** Throws when the database is read-only, such as a standby. */
export async function requireWritable(database: Queryable): Promise<void> {
  await database.query(MUST_BE_WRITABLE);
}
