import type { Secret } from "../../kernel/secret.ts";
import { PLAIN, withConnection } from "./connection.ts";

/** What is done by one process at a time, by the number of its lock. */
export const LOCKS = { apply: 7_391_003 } as const;

/** Waits until no other process does the same on this database. The lock ends with the process, too. */
export const oneAtATime = <T>(url: Secret, what: keyof typeof LOCKS, work: () => Promise<T>): Promise<T> =>
  withConnection({ url, name: `vestibule ${what}`, session: PLAIN }, async (client) => {
    await client.query("select pg_advisory_lock($1)", [LOCKS[what]]);
    return work();
  });
