import type { Client } from "pg";
import manifest from "../../../package.json" with { type: "json" };
import { codeOf, OperatorError } from "../../kernel/errors.ts";
import { inOrderOfCalls, sqlFunctions, type SqlFunction } from "./sql-function-files.ts";

/**
 * Applies SQL functions again when their text changes. The table `sql_functions` has the checksum of each and the release that
 * applied it, so that an older server that restarts during a rolling upgrade does not replace a newer text (docs/decisions/0047).
 */

/** A row of `sql_functions`. */
export interface AppliedFunction {
  readonly name: string;
  readonly checksum: string;
  /** Version of Vestibule that applied it. */
  readonly release: string;
}

const INVALID_FUNCTION_DEFINITION = "42P13";

const RECORD = `
  insert into sql_functions (name, checksum, release) select name, checksum, $3 from unnest($1::text[], $2::text[]) f (name, checksum)
  on conflict (name) do update set checksum = excluded.checksum, release = excluded.release`;

/** Overloaded functions: `create or replace` creates a second function when the arguments differ. */
const OVERLOADED = `
  select proname as name from pg_proc where pronamespace = 'public'::regnamespace and proname = any($1)
  group by proname having count(*) > 1 order by 1`;

/** Functions of this release that are missing or have another text, except those that a newer release has applied. */
export function waitingFunctions(
  applied: readonly AppliedFunction[],
  own: readonly SqlFunction[] = sqlFunctions(),
  release: string = manifest.version,
): SqlFunction[] {
  const rows = new Map(applied.map((row) => [row.name, row]));
  return own.filter(({ name, checksum }) => {
    const row = rows.get(name);
    return row === undefined || (row.checksum !== checksum && !isNewer(row.release, release));
  });
}

const byNumbers = new Intl.Collator("en", { numeric: true });

/** A release candidate counts as its release, so that each replaces the texts of the other. */
function isNewer(release: string, own: string): boolean {
  const [theirs = "", ours = ""] = [release, own].map((version) => version.split("-")[0]);
  return byNumbers.compare(theirs, ours) > 0;
}

/**
 * Applies functions in one transaction, in the order of their calls. Needs the owner's role and the lock of `migrate`. Throws an
 * OperatorError for a function whose arguments have changed.
 */
export async function applyFunctions(client: Client, functions: readonly SqlFunction[]): Promise<void> {
  await client.query("begin");
  try {
    for (const each of inOrderOfCalls(functions)) {
      await apply(client, each);
    }
    const names = functions.map(({ name }) => name);
    const [overloaded] = (await client.query<{ name: string }>(OVERLOADED, [names])).rows;
    if (overloaded !== undefined) {
      throw new OperatorError(
        `The function ${overloaded.name} has other arguments in the database than in migrations/functions/${overloaded.name}.sql. ` +
          "Give the new one a name of its own, and drop the old one in a migration of a later release (CONTRIBUTING.md).",
      );
    }
    await client.query(RECORD, [names, functions.map(({ checksum }) => checksum), manifest.version]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

/** PostgreSQL cannot replace a function's return type. Then the function is dropped and created again in the same transaction. */
async function apply(client: Client, { name, text }: SqlFunction): Promise<void> {
  try {
    await client.query(`savepoint one_function; ${text}`).catch(async (error: unknown) => {
      if (codeOf(error) !== INVALID_FUNCTION_DEFINITION) {
        throw error;
      }
      await client.query(`rollback to savepoint one_function; drop function ${name}; ${text}`);
    });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw Object.assign(new Error(`functions/${name}.sql: ${said}`, { cause: error }), {
      code: codeOf(error),
    });
  }
}
