import { readdir } from "node:fs/promises";
import knexModule, { type Knex } from "knex";
import { Client } from "pg";
import { knexConfig, MIGRATIONS } from "../../knexfile.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Secret } from "../kernel/secret.ts";

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
export async function migrate({ owner, application }: MigrateOptions): Promise<string[]> {
  const knex = knexModule(knexConfig(owner.reveal()));
  try {
    await refuseNewerSchema(knex);
    return (await isUpToDate(knex)) ? [] : await migrateAlone(knex, { owner, application });
  } finally {
    await knex.destroy();
  }
}

async function migrateAlone(knex: Knex, { owner, application }: MigrateOptions): Promise<string[]> {
  const lock = new Client({ connectionString: owner.reveal(), application_name: "vestibule migrate" });
  await lock.connect();
  try {
    // Held by the connection, so that a process that dies in the middle leaves no lock behind.
    await lock.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await freeForgottenLock(knex);
    const [, ran] = (await knex.migrate.latest()) as [number, string[]];
    await knex.raw("grant select on migrations to vestibule_app");
    if (application !== null) {
      await admit(knex, decodeURIComponent(new URL(application.reveal()).username));
    }
    return ran;
  } finally {
    await lock.end();
  }
}

async function isUpToDate(knex: Knex): Promise<boolean> {
  if (!(await knex.schema.hasTable("migrations"))) {
    return false;
  }
  const done = new Set(await knex<{ name: string }>("migrations").pluck("name"));
  return (await readdir(MIGRATIONS)).every((name) => done.has(name));
}

async function refuseNewerSchema(knex: Knex): Promise<void> {
  if (!(await knex.schema.hasTable("migrations"))) {
    return;
  }
  const known = new Set(await readdir(MIGRATIONS));
  const rows = await knex<{ name: string }>("migrations").select("name");
  const unknown = rows.map((row) => row.name).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new OperatorError(
      `The database belongs to a newer Vestibule (it has ${unknown}). Start that version, or restore an older backup.`,
    );
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
