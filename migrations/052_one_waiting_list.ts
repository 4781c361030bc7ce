import type { Knex } from "knex";

/**
 * `waiting_approvals_after` alone lists what waits for a second person. Not marked as one that older servers work with: they call the
 * other function.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function if exists find_waiting_approvals(timestamptz);
    delete from sql_functions where name = 'find_waiting_approvals';
  `);
}

/** Older sources have the function as a file, which their next start applies. */
export async function down(): Promise<void> {
  await Promise.resolve();
}
