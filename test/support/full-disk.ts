import { asOwner, type FreshDatabase } from "./database.ts";

/** Lets a table of the database take nothing, as on a full disk, until it is mended. `when` is SQL about the row. */
export async function fillDisk(
  database: FreshDatabase,
  table: string,
  when = "true",
): Promise<{ mend(): Promise<void> }> {
  await asOwner(
    database,
    `create or replace function no_room() returns trigger language plpgsql as $$
     begin raise exception 'no space left on device' using errcode = '53100'; end $$`,
  );
  await asOwner(
    database,
    `create trigger no_room_${table} before insert or update on ${table} for each row when (${when})
     execute function no_room()`,
  );
  return {
    mend: async () => {
      await asOwner(database, `drop trigger if exists no_room_${table} on ${table}`);
    },
  };
}
