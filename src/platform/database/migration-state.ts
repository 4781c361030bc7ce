import type { Client } from "pg";
import { OperatorError } from "../../kernel/errors.ts";
import { knownMigrations, tooNew } from "./migration-marks.ts";
import type { SqlFunction } from "./sql-function-files.ts";
import { waitingFunctions, type AppliedFunction } from "./sql-functions.ts";
import { listSome, OUR_TABLES } from "./schema-check.ts";

/** What a first query shows of a database before it is changed. */
interface Overview {
  readonly login: string;
  readonly database: string;
  readonly encoding: string;
  readonly has_public: boolean;
  readonly in_public: boolean;
  readonly has_plpgsql: boolean;
  /** Our tables in "public", without `migrations`. */
  readonly tables: readonly string[];
  /** Schemas other than "public" that hold an installation. */
  readonly elsewhere: readonly string[];
  readonly has_list: boolean;
  readonly may_read_list: boolean;
  readonly has_functions: boolean;
  readonly list_owner: string | null;
  readonly may_make: boolean;
}

// to_regclass would throw for a role without the privilege to use the schema.
const OVERVIEW = `
  select session_user::text as login, current_database()::text as database,
    current_setting('server_encoding') as encoding,
    to_regnamespace('public') is not null as has_public,
    coalesce(current_schema() = 'public', false) as in_public,
    exists (select from pg_language where lanname = 'plpgsql') as has_plpgsql,
    array(select c.relname::text from pg_class c where c.relnamespace = to_regnamespace('public') and c.relkind in ('r', 'p')
      and c.relname = any($1) and c.relname <> 'migrations' order by c.relname) as tables,
    array(select n.nspname::text from pg_namespace n where n.nspname <> 'public'
      and (select count(*) from pg_class c where c.relnamespace = n.oid
        and c.relname in ('migrations', 'installation', 'offices')) = 3) as elsewhere,
    list.oid is not null as has_list,
    coalesce(has_table_privilege(list.oid, 'select'), false)
      and coalesce(has_table_privilege(functions.oid, 'select'), true) as may_read_list,
    functions.oid is not null as has_functions,
    pg_get_userbyid(list.relowner)::text as list_owner,
    coalesce(has_schema_privilege(to_regnamespace('public')::oid, 'create'), false) as may_make
  from (select) nothing left join pg_class list
    on list.relname = 'migrations' and list.relnamespace = to_regnamespace('public') and list.relkind = 'r'
    left join pg_class functions on functions.relname = 'sql_functions'
    and functions.relnamespace = to_regnamespace('public') and functions.relkind = 'r'`;

/** The first migration of the sets before the first release, which cannot be upgraded to the current set. */
const EARLIER = "001_offices_and_users.ts";

/** Pending migrations, and those of newer versions that have run: compatible ones in `newer`, incompatible ones in `tooNew`. */
export interface MigrationState {
  /** Whether the database has no table of ours. */
  readonly isEmpty: boolean;
  readonly waiting: readonly string[];
  readonly newer: readonly string[];
  readonly tooNew: readonly string[];
  /** Functions to apply again; none if the database is newer. */
  readonly functions: readonly SqlFunction[];
}

/** Throws an OperatorError for a database that can be neither migrated nor used. */
export async function migrationState(client: Client): Promise<MigrationState> {
  const [overview] = (await client.query<Overview>(OVERVIEW, [OUR_TABLES])).rows;
  if (overview === undefined) {
    throw new Error("The database answered nothing.");
  }
  const fault = overviewFault(overview);
  if (fault !== null) {
    throw new OperatorError(fault);
  }
  const known = await knownMigrations();
  const { done, functions: applied } = await readApplied(client, overview);
  if (done.has(EARLIER)) {
    throw new OperatorError(
      "The database was made by an earlier commit of Vestibule, before the first release, and cannot be brought up to date. " +
        "Start with a new one: delete the directory of the embedded database (data/, or VESTIBULE_DATA_DIR) or set VESTIBULE_DATA_DIR to another one; " +
        "with PostgreSQL of your own, set DATABASE_URL to an empty database. Export what you need of the old one with the commit that made it.",
    );
  }
  if (done.size === 0 && overview.tables.length > 0) {
    throw new OperatorError(
      `The database has tables of Vestibule (${listSome(overview.tables)}) and no list of the migrations that made them: it was restored in part, or belongs to another program. Restore the backup again, into an empty database.`,
    );
  }
  const refused = await tooNew(
    async <Row extends object>(text: string) => (await client.query<Row>(text)).rows,
    [...done],
  );
  const newer = [...done].filter((name) => !known.includes(name) && !refused.includes(name));
  return {
    isEmpty: overview.tables.length === 0 && done.size === 0,
    waiting: known.filter((name) => !done.has(name)),
    newer,
    tooNew: refused,
    functions: newer.length + refused.length > 0 ? [] : waitingFunctions(applied),
  };
}

/** The migrations that ran and the functions that were applied, in one round trip. */
async function readApplied(client: Client, { has_list, has_functions }: Overview): Promise<Applied> {
  if (!has_list) {
    return { done: new Set(), functions: [] };
  }
  const applied = has_functions ? "(select json_agg(f) from public.sql_functions f)" : "null::json";
  const { rows } = await client.query<{ done: string[]; applied: AppliedFunction[] | null }>(
    `select array(select name::text from public.migrations) as done, ${applied} as applied`,
  );
  return { done: new Set(rows[0]?.done), functions: rows[0]?.applied ?? [] };
}

interface Applied {
  readonly done: ReadonlySet<string>;
  readonly functions: readonly AppliedFunction[];
}

function overviewFault(place: Overview): string | null {
  const { login, database, elsewhere } = place;
  if (place.encoding !== "UTF8") {
    return `The database ${database} keeps text as ${place.encoding}, in which most names cannot be kept. Make one with: create database ${database} template template0 encoding 'UTF8' locale 'C.UTF-8';`;
  }
  if (!place.has_public) {
    return `The database ${database} has no schema "public", where Vestibule's tables belong. Type as its owner: create schema public;`;
  }
  if (!place.has_list && place.tables.length === 0 && elsewhere.length > 0) {
    return `Vestibule's tables are in the schema "${elsewhere[0] ?? ""}", and belong into "public": restore the backup without renaming the schema.`;
  }
  if (!place.in_public) {
    return `What ${login} makes and finds is not in the schema "public". Type: alter role ${login} reset search_path; alter database ${database} reset search_path; and drop a schema named ${login} if there is one.`;
  }
  if (!place.has_plpgsql) {
    return `The database ${database} lacks PL/pgSQL. Type as its owner: create extension plpgsql;`;
  }
  if (place.has_list && !place.may_read_list) {
    return `${login} may not read the table "migrations", which belongs to ${place.list_owner ?? "another role"}, as after a restore. Set VESTIBULE_DATABASE_OWNER_URL to a login of that role; then "npx vestibule migrate" gives the server its rights.`;
  }
  return !place.has_list && !place.may_make
    ? `${login} may not make tables in the database ${database}. Type as its administrator: alter database ${database} owner to ${login}; or set VESTIBULE_DATABASE_OWNER_URL to the role that owns it.`
    : null;
}
