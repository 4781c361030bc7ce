import type { Client } from "pg";
import type { Secret } from "../../kernel/secret.ts";
import { PLAIN, withConnection } from "./connection.ts";
import { migrationState, type MigrationState } from "./migration-state.ts";
import { roleGaps, type RoleGaps } from "./roles.ts";
import { readInstalledSchema } from "./installed-schema.ts";
import { schemaFault } from "./schema-check.ts";

/** Facts about a database, for the command `doctor`. Reading them changes nothing. */
export interface DatabaseFacts {
  readonly version: string;
  /** PostgreSQL's version number: 180001 is 18.1. */
  readonly versionNumber: number;
  readonly time: Date;
  /** A standby, or configured as read-only. */
  readonly isReadOnly: boolean;
  /** Each connection limit that applies to the role, and the connections that it counts, including ours. */
  readonly connections: readonly ConnectionLimit[];
  /** The role of DATABASE_URL. */
  readonly login: string;
  /** Whether it is a superuser, bypasses row-level security or owns the tables. */
  readonly isLoginPrivileged: boolean;
  /** Null before the first migration. */
  readonly role: RoleFacts | null;
}

interface ConnectionLimit {
  /** The source of the limit, for display. */
  readonly of: string;
  readonly most: number;
  readonly used: number;
}

/** The role that the server works as. */
interface RoleFacts {
  readonly isPrivileged: boolean;
  /** Privileges to change the audit log or its chain, such as "update on audit_events"; there must be none. */
  readonly auditPrivileges: readonly string[];
  /** Whether the login role may set this role. */
  readonly isGranted: boolean;
}

interface Row {
  readonly version: string;
  readonly version_number: number;
  readonly time: Date;
  readonly is_read_only: boolean;
  readonly connections: readonly ConnectionLimit[];
  readonly login: string;
  readonly login_may_everything: boolean;
  readonly has_role: boolean;
  readonly is_privileged: boolean;
  readonly is_granted: boolean;
  readonly audit_privileges: readonly string[];
}

/** The limits of server, role and database, if set; -1 means no limit. */
const CONNECTIONS = `
  (select json_agg(json_build_object('of', of, 'most', most, 'used', used) order by most - used)
   from (
     select 'max_connections' as of,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true)::int, 0) as most,
       (select sum(numbackends)::int from pg_stat_database) as used
     union all
     select 'the role ' || rolname, rolconnlimit,
       (select count(*)::int from pg_stat_activity where usesysid = pg_roles.oid)
     from pg_roles where rolname = session_user
     union all
     select 'the database ' || datname, datconnlimit,
       (select numbackends from pg_stat_database where datid = pg_database.oid)
     from pg_database where datname = current_database()
   ) limits
   where most >= 0)`;

// to_regclass would throw for a role without the privilege to use the schema.
const LOOK = `
  with tables as (select oid, relname, relowner from pg_class
      where relnamespace = to_regnamespace('public') and relkind = 'r'),
    owners as (select relowner from tables where relname = 'users')
  select
    current_setting('server_version') as version,
    current_setting('server_version_num')::int as version_number,
    clock_timestamp() as time,
    pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as is_read_only,
    ${CONNECTIONS} as connections,
    session_user as login,
    (select rolsuper or rolbypassrls from pg_roles where rolname = session_user)
      or coalesce((select pg_has_role(session_user, relowner, 'usage') from owners), false) as login_may_everything,
    role.oid is not null as has_role,
    coalesce(role.rolsuper or role.rolbypassrls or role.rolcreaterole or role.rolcreatedb
      or (select relowner = role.oid from owners), false) as is_privileged,
    -- Since PostgreSQL 16 a role may be a member without being allowed to work as the other.
    role.oid is not null and pg_has_role(session_user, role.oid,
      case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) as is_granted,
    -- Events and their chain are written by functions of the owner alone.
    array(select privilege || ' on ' || audit.name
      from unnest(array['audit_events', 'audit_unsealed', 'audit_seals', 'audit_chains']) with ordinality audit (name, place),
        unnest(array['insert', 'update', 'delete', 'truncate']) privilege
      where has_table_privilege(role.oid, (select oid from tables where relname = audit.name), privilege)
      order by audit.place, privilege) as audit_privileges
  from (select) nothing left join pg_roles role on role.rolname = 'vestibule_app'`;

/** Connects with the server's login role. Throws pg's error when the database cannot be reached. */
export async function inspectDatabase(application: Secret): Promise<DatabaseFacts> {
  const [row] = await ask<Row>(application, LOOK);
  if (row === undefined) {
    throw new Error("The database answered nothing.");
  }
  return {
    version: row.version,
    versionNumber: row.version_number,
    time: row.time,
    isReadOnly: row.is_read_only,
    connections: row.connections,
    login: row.login,
    isLoginPrivileged: row.login_may_everything,
    role: row.has_role
      ? {
          isPrivileged: row.is_privileged,
          auditPrivileges: row.audit_privileges,
          isGranted: row.is_granted,
        }
      : null,
  };
}

/** What the owner of the tables can see: pending migrations, missing objects, and missing privileges of the two roles. */
export interface SchemaFacts {
  readonly migrations: MigrationState;
  /** A sentence about missing objects; null when none is missing, and while migrations or functions are pending. */
  readonly fault: string | null;
  readonly gaps: RoleGaps;
}

/** Throws an OperatorError for a database that can be neither migrated nor used. */
export async function inspectSchema(owner: Secret, serverLogin: string): Promise<SchemaFacts> {
  return connected(owner, async (client) => {
    const migrations = await migrationState(client);
    const schema = await readInstalledSchema(client);
    const { waiting, functions, newer, tooNew } = migrations;
    const isCurrent = waiting.length + functions.length + newer.length + tooNew.length === 0;
    return {
      migrations,
      fault: isCurrent ? schemaFault(schema) : null,
      gaps: await roleGaps(client, serverLogin, schema),
    };
  });
}

/** Whether a server was ever set up with this database, so that a secrets file belongs to it. */
export async function hasInstallation(owner: Secret): Promise<boolean> {
  const [table] = await ask<{ exists: boolean }>(
    owner,
    "select to_regclass('installation') is not null as exists",
  );
  const rows = table?.exists === true ? await ask(owner, "select from installation") : [];
  return rows.length > 0;
}

const ask = <Row extends object>(url: Secret, text: string): Promise<Row[]> =>
  connected(url, async (client) => (await client.query(text)).rows as Row[]);

const connected = <Result>(url: Secret, work: (client: Client) => Promise<Result>): Promise<Result> =>
  withConnection({ url, name: "vestibule doctor", session: { ...PLAIN, statementMs: 5_000 } }, work);
