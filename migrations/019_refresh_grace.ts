import type { Knex } from "knex";

/**
 * Applications from before had no grace for a refresh token that comes again, unless one was chosen. They get the default of now: with
 * none, two refreshes at the same moment end the sign-in.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table applications no force row level security;
    update applications set settings = settings - 'refreshGraceSeconds' where settings -> 'refreshGraceSeconds' = '0';
    alter table applications force row level security;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table applications no force row level security;
    update applications set settings = settings || '{"refreshGraceSeconds": 0}' where settings -> 'refreshGraceSeconds' is null;
    alter table applications force row level security;
  `);
}
