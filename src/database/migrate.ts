import type { Knex } from "knex";
import type { Client } from "pg";
import { knexConfig } from "../../knexfile.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Secret } from "../kernel/secret.ts";
import { readDatabaseAddress } from "./database-address.ts";
import type { DatabaseHost } from "./database-host.ts";
import { PLAIN, withConnection } from "./connection.ts";
import { keepMark, knownMigrations, tooNew } from "./migration-marks.ts";

const MIGRATION_LOCK = 7_391_001;

export interface MigrateOptions {
  /** Connects as the owner of the tables. */
  readonly owner: Secret;
  /** Login role that will work with the tables; it is given the rights of the application role. */
  readonly application: Secret | null;
}

/**
 * Brings the schema up to date and answers the names of the migrations that ran. Safe with several processes at once.
 * When nothing waits, the rights of the application role are enough: a server need not know the owner's password.
 */
export function migrate({ owner, application }: MigrateOptions): Promise<string[]> {
  return withConnection({ url: owner, name: "vestibule migrate", session: PLAIN }, async (client) => {
    if (await isUpToDate(client)) {
      return [];
    }
    // Held by the connection, so that a process that dies in the middle leaves no lock behind.
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    // A newer one may have had the lock meanwhile.
    if (await isUpToDate(client)) {
      return [];
    }
    return migrateAlone({ owner, application }, client);
  });
}

/** Throws when the schema is newer than this Vestibule, and not marked as one with which this Vestibule works. */
async function isUpToDate(client: Client): Promise<boolean> {
  const { rows: tables } = await client.query<{ found: boolean }>(
    "select to_regclass('migrations') is not null as found",
  );
  if (tables[0]?.found !== true) {
    return false;
  }
  const { rows } = await client.query<{ name: string }>("select name from migrations");
  const ran = rows.map(({ name }) => name);
  const [unknown] = await tooNew(
    async <Row extends object>(text: string) => (await client.query<Row>(text)).rows,
    ran,
  );
  if (unknown !== undefined) {
    throw new OperatorError(
      `The database belongs to a newer Vestibule (it has ${unknown}). Start that version, or restore an older backup.`,
    );
  }
  return (await knownMigrations()).every((name) => ran.includes(name));
}

/** knex is loaded only when something waits: a server that has nothing to migrate does without its memory. */
async function migrateAlone(
  { owner, application }: MigrateOptions,
  { host, port }: DatabaseHost,
): Promise<string[]> {
  const { default: createKnex } = await import("knex");
  const knex = createKnex(knexConfig(owner, { host, port }));
  try {
    await freeForgottenLock(knex);
    const [, ran] = (await knex.migrate.latest({ afterEach: keepMark })) as [number, string[]];
    await knex.raw("grant select on migrations to vestibule_app");
    if (application !== null) {
      await admit(knex, readDatabaseAddress(application).user);
    }
    return ran;
  } finally {
    await knex.destroy();
  }
}

/** knex marks its lock in a table and forgets it when it is killed; our advisory lock says that nobody else migrates. */
async function freeForgottenLock(knex: Knex): Promise<void> {
  if (await knex.schema.hasTable("migrations_lock")) {
    await knex.migrate.forceFreeMigrationsLock();
  }
}

/** From PostgreSQL 16 on, whoever makes a role is a member of it and may still not become it. */
const MAY_BECOME =
  "case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end";

async function admit(knex: Knex, role: string): Promise<void> {
  const needed = await knex.raw<{ rows: { needed: boolean }[] }>(
    `select count(*) = 1 as needed from pg_roles
     where rolname = ? and rolname <> 'vestibule_app' and not pg_has_role(oid, 'vestibule_app', ${MAY_BECOME})`,
    [role],
  );
  if (needed.rows[0]?.needed === true) {
    await knex.raw("grant vestibule_app to ??", [role]);
  }
}
