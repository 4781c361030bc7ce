import type { Knex } from "knex";

/** Keyed hashes of the codes that a newer text message has taken the place of: a user who enters one is asked for the newest. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw("alter table sms_codes add column superseded bytea[]");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("alter table sms_codes drop column superseded");
}
