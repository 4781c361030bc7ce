import type { Knex } from "knex";

/** What the account page lists: somebody's own sign-ins, however many other events there are of them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index audit_events_history on audit_events (subject, id desc)
      where type in ('sign-in', 'password.wrong', 'password.throttled', 'code.wrong', 'code.blocked');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop index audit_events_history;`);
}
