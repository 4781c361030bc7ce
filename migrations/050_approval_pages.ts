import type { Knex } from "knex";
import { dropFunctions } from "../src/platform/database/migration-sql.ts";

/** What waits for a second person, page by page. The function is a file of its own, which every start applies. */
export async function up(): Promise<void> {
  await Promise.resolve();
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(dropFunctions("waiting_approvals_after"));
}
