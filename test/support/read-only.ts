import { Client } from "pg";
import type { FreshDatabase } from "./database.ts";

/** What an administrator sets, and what every new connection to a standby has. */
export const setReadOnly = (database: FreshDatabase, isReadOnly: boolean): Promise<void> =>
  writing(
    database,
    `alter database ${nameOf(database)} set default_transaction_read_only = ${String(isReadOnly)}`,
  );

/** Ends every other connection, as a change of the primary does. */
export const endConnections = (database: FreshDatabase): Promise<void> =>
  writing(
    database,
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );

const nameOf = ({ url }: FreshDatabase): string => new URL(url).pathname.slice(1);

/** Also while the database is read-only for all other roles. */
async function writing({ ownerUrl }: FreshDatabase, text: string): Promise<void> {
  const client = new Client({
    connectionString: ownerUrl,
    options: "-c default_transaction_read_only=off",
  });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
