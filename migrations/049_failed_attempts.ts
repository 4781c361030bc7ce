import type { Knex } from "knex";

/**
 * Words of the field for what the guard of second factors counts: attempts that failed in this round, and since the last success. Not
 * marked as one that older servers work with: they read the old names.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table second_factor_guard rename column strikes to failed_attempts;
    alter table second_factor_guard rename column spent to failed_since_success;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table second_factor_guard rename column failed_since_success to spent;
    alter table second_factor_guard rename column failed_attempts to strikes;
  `);
}
