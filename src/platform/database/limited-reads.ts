import type { Queryable, Statement } from "./database.ts";

const statements = {
  // List queries have many combinations of filters: a plan for the actual ones is worth its cost, JIT compilation is not.
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

/** Limits all further statements of this transaction to three seconds, so that no search can overload the database. */
export async function limitReads(tx: Queryable): Promise<void> {
  await tx.query(statements.limit);
}

/**
 * Plans all further statements of this transaction for its office. With row-level security, a generic plan that suits a small office
 * reads the whole log of a large one.
 */
export async function planEachRead(tx: Queryable): Promise<void> {
  await tx.query(statements.planned);
}
