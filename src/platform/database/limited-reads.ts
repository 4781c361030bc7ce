import type { Queryable, Statement } from "./database.ts";

const statements = {
  // Lists have many shapes: a plan for the filters that are there is worth its making, compiling it is not.
  limit: {
    name: "bound_reading",
    text: `select set_config('statement_timeout', '3000', true), set_config('plan_cache_mode', 'force_custom_plan', true),
             set_config('jit', 'off', true)`,
  },
  planned: {
    name: "planned_reading",
    text: "select set_config('plan_cache_mode', 'force_custom_plan', true)",
  },
} as const satisfies Record<string, Statement>;

/** From here on no statement of this transaction may take longer than three seconds, whatever somebody searches for. */
export async function limitReads(tx: Queryable): Promise<void> {
  await tx.query(statements.limit);
}

/**
 * From here on each statement of this transaction is planned for the office that it works for: what row-level security
 * reads it by is known to the planner, and a plan that is right for a small office reads the whole log of a large one.
 */
export async function planEachRead(tx: Queryable): Promise<void> {
  await tx.query(statements.planned);
}
