import { escapeIdentifier, escapeLiteral, type Client } from "pg";
import { Connection } from "../database/connection.ts";
import { serverAt, withSetUpLock } from "./embedded-presence.ts";
import { APPLICATION_ROLE, DATABASE, OWNER_ROLE, type Secrets } from "./embedded-secrets.ts";

/** Written last, as the database's comment: it shows that the set-up is complete. */
const MARK = "Vestibule, set up";

/**
 * Creates the role, the database and their privileges on a new cluster, and completes an interrupted set-up. All steps can be
 * repeated. The set-up lock keeps two processes from running it at the same time.
 */
export async function setUp(client: Client, port: number, secrets: Secrets): Promise<void> {
  if (await isSetUp(client)) {
    return;
  }
  await withSetUpLock(client, async () => {
    if (!(await exists(client, "select from pg_roles where rolname = $1", APPLICATION_ROLE))) {
      await addApplicationRole(client, secrets);
    }
    if (!(await exists(client, "select from pg_database where datname = $1", DATABASE))) {
      await client.query(
        `create database ${DATABASE} owner ${OWNER_ROLE} template template0 encoding 'UTF8' locale 'C' ` +
          `locale_provider builtin builtin_locale 'C.UTF-8'`,
      );
    }
    await restrictDatabases(client);
    await restrictSchema(port, secrets);
    await client.query(`comment on database ${DATABASE} is ${escapeLiteral(MARK)}`);
  });
}

async function isSetUp(client: Client): Promise<boolean> {
  const marked = "select from pg_database where datname = $1 and shobj_description(oid, 'pg_database') = $2";
  return ((await client.query(marked, [DATABASE, MARK])).rowCount ?? 0) > 0;
}

async function exists(client: Client, query: string, name: string): Promise<boolean> {
  return ((await client.query(query, [name])).rowCount ?? 0) > 0;
}

async function addApplicationRole(client: Client, { application }: Secrets): Promise<void> {
  await client.query(
    `create role ${APPLICATION_ROLE} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls ` +
      `password ${escapeLiteral(application)}`,
  );
}

/** The application's role can connect to its own database only, and create no temporary tables there. */
async function restrictDatabases(client: Client): Promise<void> {
  for (const database of [DATABASE, "postgres", "template1"]) {
    await client.query(`revoke connect, temporary on database ${escapeIdentifier(database)} from public`);
  }
  await client.query(`grant connect on database ${DATABASE} to ${APPLICATION_ROLE}`);
}

async function restrictSchema(port: number, secrets: Secrets): Promise<void> {
  const client = new Connection({ ...serverAt(port, secrets), database: DATABASE });
  await client.connect();
  try {
    await client.query("revoke create on schema public from public");
  } finally {
    await client.end();
  }
}
