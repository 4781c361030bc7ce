import type { Knex } from "knex";
import { dropFunctions } from "../src/platform/database/migration-sql.ts";

/** The function for metrics is made after the migrations, like all; going back takes it away. */
export function up(): Promise<void> {
  return Promise.resolve();
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(dropFunctions("installation_figures"));
}
