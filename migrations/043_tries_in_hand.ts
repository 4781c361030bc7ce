import type { Knex } from "knex";

/** Which tries of codes were reserved and are not judged yet, so that one whose code was right can be given back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- in_hand: the form (16 bytes, keyed hash) and the try (8 bytes, random) of each, all of the present round.
    -- wrong_form, wrong_as: the form that was judged last and was wrong, for its twin that waited for the answer.
    alter table second_factor_guard
      add column in_hand bytea[] not null default '{}',
      add column in_hand_at timestamptz,
      add column wrong_form bytea,
      add column wrong_as text;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table second_factor_guard
      drop column in_hand, drop column in_hand_at, drop column wrong_form, drop column wrong_as;
  `);
}
