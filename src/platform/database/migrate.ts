import type { Knex } from "knex";
import type { Client } from "pg";
import { knexConfig } from "../../../knexfile.ts";
import { codeOf, OperatorError } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import { PLAIN, withConnection } from "./connection.ts";
import { SQLSTATE } from "./sqlstate.ts";
import { readDatabaseAddress } from "./database-address.ts";
import { migrationState, type MigrationState } from "./migration-state.ts";
import { applyFunctions } from "./sql-functions.ts";
import { createRoles, repairRoles } from "./repair-roles.ts";
import { keepMark } from "./migration-marks.ts";
import { readInstalledSchema } from "./installed-schema.ts";
import { requireCompleteSchema } from "./schema-check.ts";

const MIGRATION_LOCK = 7_391_001;

export interface MigrateOptions {
  /** Connects as the owner of the tables. */
  readonly owner: Secret;
  /** The server's login role, which becomes a member of the application role. */
  readonly application: Secret | null;
}

/**
 * Brings the schema up to date and repairs the roles. Returns the names of the migrations that ran and of the functions that were
 * applied. Several processes may run it at the same time. When nothing is pending, the application role's privileges suffice, so a
 * server need not know the owner's password. Throws an OperatorError for a partly restored database.
 */
export function migrate({ owner, application }: MigrateOptions): Promise<string[]> {
  return withConnection({ url: owner, name: "vestibule migrate", session: PLAIN }, async (client) => {
    const serverLogin = application === null ? null : readDatabaseAddress(application).user;
    const state = await currentState(client);
    const ran = isCurrent(state) ? [] : await migrateLocked(client, owner, serverLogin);
    const schema = await readInstalledSchema(client);
    // A new database is complete, and the schema of a newer version is not known here.
    if (!state.isEmpty && state.newer.length === 0) {
      requireCompleteSchema(schema);
    }
    await repairRoles(client, serverLogin, schema);
    return ran;
  });
}

/** Throws when the schema is newer than this version, and not marked as compatible with it. */
async function currentState(client: Client): Promise<MigrationState> {
  const state = await migrationState(client);
  const [newer] = state.tooNew;
  if (newer !== undefined) {
    throw new OperatorError(
      `The database belongs to a newer Vestibule (it has ${newer}). Start that version, or restore an older backup.`,
    );
  }
  return state;
}

const isCurrent = ({ waiting, functions }: MigrationState): boolean =>
  waiting.length + functions.length === 0;

async function migrateLocked(client: Client, owner: Secret, serverLogin: string | null): Promise<string[]> {
  // A session-level lock: PostgreSQL releases it when the process dies.
  await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
  // Another process, perhaps of a newer version, may have migrated in the meantime.
  const state = await currentState(client);
  if (isCurrent(state)) {
    return [];
  }
  await createRoles(client, serverLogin);
  try {
    const migrations = state.waiting.length === 0 ? [] : await runMigrations(client, owner);
    const { functions } = await currentState(client);
    await applyFunctions(client, functions);
    return state.isEmpty
      ? migrations
      : [...migrations, ...functions.map(({ name }) => `functions/${name}.sql`)];
  } catch (error) {
    throw failedMigration(error);
  }
}

/** Loads knex only when a migration is pending, to save memory in servers. */
async function runMigrations(client: Client, owner: Secret): Promise<string[]> {
  const { default: createKnex } = await import("knex");
  const knex = createKnex(knexConfig(owner, { host: client.host, port: client.port }));
  try {
    await freeForgottenLock(knex);
    const [, ran] = (await knex.migrate.latest({ afterEach: keepMark })) as [number, string[]];
    await knex.raw("grant select on migrations to vestibule_app");
    return ran;
  } finally {
    await knex.destroy();
  }
}

/** knex keeps its lock in a table, where it stays when the process is killed. Our advisory lock proves that no other process migrates. */
async function freeForgottenLock(knex: Knex): Promise<void> {
  if (await knex.schema.hasTable("migrations_lock")) {
    await knex.migrate.forceFreeMigrationsLock();
  }
}

/** SQLSTATEs for a table, column, function, policy or constraint that already exists. */
const ALREADY_THERE = /^42(P07|701|723|710)$/;

function failedMigration(error: unknown): unknown {
  const code = codeOf(error) ?? "";
  if (!(error instanceof Error) || !/^[0-9A-Z]{5}$/.test(code)) {
    return error;
  }
  // knex puts the whole statement before PostgreSQL's message.
  const said = error.message.split(" - ").at(-1) ?? "";
  const advice = ALREADY_THERE.test(code)
    ? "The list of migrations does not fit the tables, as after a restore of some tables alone: restore the backup again, into an empty database."
    : code === SQLSTATE.INSUFFICIENT_PRIVILEGE
      ? "Migrating needs the role that owns the tables: set VESTIBULE_DATABASE_OWNER_URL to it."
      : "Restore the backup that was made before the upgrade, or report this.";
  return new OperatorError(`A migration failed and was taken back: ${said}. ${advice}`, { cause: error });
}
