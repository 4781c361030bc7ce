import type { Knex } from "knex";

/** Which application a sign-in is for and when it was finished, and which password tries are not judged yet. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table sign_ins
      add column application_id text,
      add column finished_at timestamptz;

    -- Tries that are counted before their password was looked at; a part of tries.
    alter table password_guard add column pending integer not null default 0;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table password_guard drop column pending;
    alter table sign_ins drop column application_id, drop column finished_at;
  `);
}
