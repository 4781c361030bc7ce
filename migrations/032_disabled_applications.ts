import type { Knex } from "knex";

/** When an application was disabled; null: it is not. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw("alter table applications add column disabled_at timestamptz");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("alter table applications drop column disabled_at");
}
