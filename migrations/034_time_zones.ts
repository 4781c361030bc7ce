import type { Knex } from "knex";

/** The time zones that users and offices have chosen; null: what the browser says, and the installation's. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table users add column time_zone text check (time_zone ~ '^[A-Za-z0-9_+/-]{1,64}$');
    alter table offices add column time_zone text check (time_zone ~ '^[A-Za-z0-9_+/-]{1,64}$');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table users drop column time_zone;
    alter table offices drop column time_zone;
  `);
}
