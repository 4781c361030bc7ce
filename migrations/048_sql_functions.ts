import type { Knex } from "knex";

/** Which text of each SQL function was applied, and by which release; docs/decisions/0047 says how functions change. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table sql_functions (
      name text primary key,
      -- SHA-256 of its file in migrations/functions.
      checksum text not null,
      release text not null
    );
    grant select on sql_functions to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table sql_functions;`);
}
