import type { Knex } from "knex";

/** When a device asked last whether somebody has signed it in (RFC 8628 section 3.5). The hash of its user code stands in `uid`. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table engine_models add column polled_at timestamptz;`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table engine_models drop column polled_at;`);
}
