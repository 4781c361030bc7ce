import type { Knex } from "knex";

/** When a webhook whose receiver fails may be served again. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Null: at once.
    alter table webhooks add column paused_until timestamptz;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("alter table webhooks drop column paused_until;");
}
