import type { Knex } from "knex";

/** Of a request for another number: who was told of it, and until when none is taken after "this was not me". */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table mobile_numbers
      add column pending_told text[] not null default '{}' check (pending_told <@ array['mail', 'phone']),
      add column requests_held_until timestamptz;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table mobile_numbers drop column pending_told, drop column requests_held_until;`);
}
