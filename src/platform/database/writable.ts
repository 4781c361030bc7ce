import type { Queryable, Statement } from "./database.ts";

/**
 * The database itself refuses, as it would refuse the first statement that writes (SQLSTATE 25006): so the connection
 * is judged and dropped like any other that is read-only. Nothing is written and no table is touched.
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

/** Throws when the database does not take what is written: a standby does not, nor one that was set so. */
export async function requireWritable(database: Queryable): Promise<void> {
  await database.query(MUST_BE_WRITABLE);
}
