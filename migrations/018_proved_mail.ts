import type { Knex } from "knex";

/** When a mail address was proved. An address that was proved before this migration has no time. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table users add column mail_proved_at timestamptz`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table users drop column mail_proved_at`);
}
