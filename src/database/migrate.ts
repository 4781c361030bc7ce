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

/** Brings the schema up to date and answers the names of the migrations that ran. Safe with several processes at once. */
export async function migrate({ owner, application }: MigrateOptions): Promise<string[]> {
  const lock = new Client({ connectionString: owner.reveal(), application_name: "vestibule migrate" });
  await lock.connect();
  const knex = knexModule(knexConfig(owner.reveal()));
  try {
    // Held by the connection, so that a process that dies in the middle leaves no lock behind.
    await lock.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await refuseNewerSchema(knex);
    await freeForgottenLock(knex);
    const [, ran] = (await knex.migrate.latest()) as [number, string[]];
    if (application !== null) {
      await admit(knex, decodeURIComponent(new URL(application.reveal()).username));
    }
    return ran;
  } finally {
    await knex.destroy();
    await lock.end();
  }
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

async function admit(knex: Knex, role: string): Promise<void> {
  const needed = await knex.raw<{ rows: { needed: boolean }[] }>(
    `select count(*) = 1 as needed from pg_roles
     where rolname = ? and rolname <> 'vestibule_app' and not pg_has_role(oid, 'vestibule_app', 'member')`,
    [role],
  );
  if (needed.rows[0]?.needed === true) {
    await knex.raw("grant vestibule_app to ??", [role]);
  }
}
