import { asOwner, type FreshDatabase } from "./database.ts";

/** The content of every table, one line a row, as an attacker with a copy of the database reads it. */
export async function dumpOf(database: FreshDatabase): Promise<ReadonlyMap<string, string>> {
  const tables = await asOwner<{ name: string }>(
    database,
    "select quote_ident(tablename) as name from pg_tables where schemaname = 'public' order by tablename",
  );
  const dump = new Map<string, string>();
  for (const { name } of tables) {
    const rows = await asOwner<{ row: string }>(database, `select t::text as row from ${name} t`);
    dump.set(name, rows.map(({ row }) => row).join("\n"));
  }
  return dump;
}
