import type { Knex } from "knex";

/** Passkeys of users who come from another system wait with the rows of their file. Both parts are public, so neither is sealed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table import_rows
      -- A list; its bytes are in hex.
      add column passkeys jsonb,
      add column user_handle bytea;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table import_rows drop column passkeys, drop column user_handle;`);
}
