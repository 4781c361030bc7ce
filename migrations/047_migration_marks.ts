import type { Knex } from "knex";

/** Which older servers work with a migration; CONTRIBUTING.md says how a migration comes by its mark. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table migration_marks (
      name text primary key,
      -- Servers that know this migration work with the other one too.
      works_with text not null
    );
    grant select on migration_marks to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table migration_marks;`);
}
