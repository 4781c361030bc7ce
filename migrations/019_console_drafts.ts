import type { Knex } from "knex";

/** What somebody had typed in the console when they were asked to prove once more who they are. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Found by a keyed hash of session, person and page, sealed, and gone after minutes: like a sign-in, it belongs to a
    -- browser and to no office.
    create table console_drafts (
      id bytea primary key,
      sealed bytea not null,
      expires_at timestamptz not null
    );
    create index console_drafts_expires on console_drafts (expires_at);
    grant select, insert, update, delete on console_drafts to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table console_drafts;`);
}
