import { Client } from "pg";
import { codeOf } from "../../src/kernel/errors.ts";
import { asOwner, type FreshDatabase } from "./database.ts";
import { eventually } from "./eventually.ts";

/** What another transaction does, with one id: at the beginning, and when the work waits for it. */
export interface Other {
  readonly id: string;
  readonly first: string;
  readonly then: string;
  readonly ends: "commit" | "rollback";
}

/**
 * Does `work` while another transaction has locked something that it waits for. Returns what each of them says: the answer of the work or
 * the code of its error, and the code of the other's error or null.
 */
export async function meeting<T>(
  database: Pick<FreshDatabase, "ownerUrl">,
  { id, first, then, ends }: Other,
  work: () => Promise<T>,
): Promise<{ readonly answer: T | string; readonly other: string | null }> {
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  const said = (error: unknown): string => codeOf(error) ?? String(error);
  try {
    await client.query("begin");
    await client.query(first, [id]);
    const done = work().catch(said);
    await eventually(
      () =>
        asOwner(
          database,
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        ),
      ({ length }) => length > 0,
    );
    const other = await client.query(then, [id]).then(() => null, said);
    await client.query(ends);
    return { answer: await done, other };
  } finally {
    await client.end();
  }
}
