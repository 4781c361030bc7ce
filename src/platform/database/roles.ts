import { escapeIdentifier } from "pg";
import type { Client } from "pg";
import type { InstalledSchema } from "./installed-schema.ts";
import { missingRights, surplusRights } from "./schema-check.ts";

/**
 * The two roles of a database and their privileges. The server uses `vestibule_app`. A login that dumps the database is a member of
 * `vestibule_backup`, which can read the rows of all offices and write none. A dump contains no roles and often no privileges, so
 * each start checks and repairs them.
 */

const APPLICATION = "vestibule_app";
const BACKUP = "vestibule_backup";

/** Since PostgreSQL 16, the creator of a role is a member of it but may not be allowed to set it. */
const MAY_BECOME =
  "case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end";

/** $1 is the login role of the server. */
const GAPS = `
  select session_user::text as login,
    app.oid is not null as has_app,
    backup.oid is not null as has_backup,
    coalesce((select server.rolname <> '${APPLICATION}' and app.oid is not null
        and not pg_has_role(server.oid, app.oid, ${MAY_BECOME})
      from pg_roles server where server.rolname = $1), false) as needs_membership,
    array(
      select 'grant usage on schema ' || n.nspname || ' to ${BACKUP};' from pg_namespace n
      where n.nspname = 'public' and not has_schema_privilege(backup.oid, n.oid, 'usage')
      union all
      select 'grant select on all tables in schema ' || n.nspname || ' to ${BACKUP};' from pg_namespace n
      where n.nspname = 'public' and exists (select from pg_class c where c.relnamespace = n.oid
        and c.relkind in ('r', 'p') and not has_table_privilege(backup.oid, c.oid, 'select'))
      union all
      select 'grant select on all sequences in schema ' || n.nspname || ' to ${BACKUP};' from pg_namespace n
      where n.nspname = 'public' and exists (select from pg_class c where c.relnamespace = n.oid
        and case c.relkind when 'S' then not has_sequence_privilege(backup.oid, c.oid, 'select') else false end)
      union all
      select 'create policy backup on ' || c.relname || ' for select to ${BACKUP} using (true);' from (
        select c.oid, c.relname from pg_class c
        where c.relnamespace = to_regnamespace('public') and c.relkind in ('r', 'p') and c.relrowsecurity
          and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'backup')
        order by c.relname) c
      where backup.oid is not null
    ) as backup_lacks
  from (select) nothing
    left join pg_roles app on app.rolname = '${APPLICATION}' left join pg_roles backup on backup.rolname = '${BACKUP}'`;

/** What the two roles lack, as the statements that grant it. */
export interface RoleGaps {
  /** The login role of the check. */
  readonly login: string;
  /** Statements that the server needs. */
  readonly server: readonly string[];
  /** Statements without which a dump fails or leaves rows out. */
  readonly backup: readonly string[];
}

interface Row {
  readonly login: string;
  readonly has_app: boolean;
  readonly has_backup: boolean;
  readonly needs_membership: boolean;
  readonly backup_lacks: readonly string[];
}

/** Changes nothing. `serverLogin`: the server's login role, if known; `schema`: as just read. */
export async function roleGaps(
  client: Client,
  serverLogin: string | null,
  schema: InstalledSchema,
): Promise<RoleGaps> {
  const [row] = (await client.query<Row>(GAPS, [serverLogin])).rows;
  if (row === undefined) {
    throw new Error("The database answered nothing.");
  }
  return {
    login: row.login,
    server: [
      ...(row.has_app ? [] : [`create role ${APPLICATION};`]),
      ...(row.needs_membership || (!row.has_app && serverLogin !== null && serverLogin !== APPLICATION)
        ? [`grant ${APPLICATION} to ${escapeIdentifier(serverLogin ?? "")};`]
        : []),
      ...missingRights(schema).map((right) => `grant ${right} to ${APPLICATION};`),
      ...surplusRights(schema).map((right) => `revoke ${right} from public;`),
    ],
    backup: row.has_backup ? row.backup_lacks : [`create role ${BACKUP};`],
  };
}
