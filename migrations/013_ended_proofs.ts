import type { Knex } from "knex";

/** What a user has ended without ending every session: all others, and what rests on trusted browsers. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table users
      -- What was proved before this is invalid, except in the session with this uid: "end all other sessions".
      add column others_ended_at timestamptz,
      add column kept_session text,
      -- What was proved before this without a code, in a trusted browser, is invalid.
      add column trust_ended_at timestamptz,
      add constraint users_kept_session check ((others_ended_at is null) = (kept_session is null));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table users drop column others_ended_at, drop column kept_session, drop column trust_ended_at;
  `);
}
