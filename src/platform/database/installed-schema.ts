import type { Client } from "pg";

// The objects of Vestibule in a database, as lists of texts that are the same in PostgreSQL 15 to 18. `schema.json` has those of a
// complete database; scripts/schema-file.ts generates it, and schema-check.ts compares.

/** Leaves out knex' lock table, which need not exist. */
const OURS = "c.relnamespace = to_regnamespace('public') and c.relname <> 'migrations_lock'";

const OF_EXTENSION = `exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`;

const TABLES = `
  select c.oid, c.relname as name, c.relacl, c.relowner, c.relrowsecurity, c.relforcerowsecurity from pg_class c
  where c.relkind in ('r', 'p') and ${OURS}`;

const FUNCTIONS = `
  select p.oid, p.proacl, p.proowner, p.prosecdef,
    p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name
  from pg_proc p where p.pronamespace = to_regnamespace('public') and not ${OF_EXTENSION}`;

const THINGS = `
  select 'table ' || name as thing from tables
  union all select 'column ' || t.name || '.' || a.attname from tables t
    join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  -- Since PostgreSQL 18 "not null" is a constraint too.
  union all select 'rule ' || t.name || '.' || k.conname from tables t
    join pg_constraint k on k.conrelid = t.oid and k.contype in ('p', 'u', 'f', 'c')
  union all select 'index ' || t.name || '.' || i.relname from tables t
    join pg_index x on x.indrelid = t.oid join pg_class i on i.oid = x.indexrelid
    where not exists (select from pg_constraint k where k.conindid = i.oid)
  union all select 'policy ' || t.name || '.' || p.polname from tables t
    join pg_policy p on p.polrelid = t.oid and p.polname <> 'backup'
  union all select 'row-level security of ' || name from tables where relrowsecurity
  union all select 'forced row-level security of ' || name from tables where relforcerowsecurity
  union all select 'function ' || name from functions`;

/** Privileges, written so that `grant ${granted} to …` is a statement. */
const RIGHTS = `
  select lower(a.privilege_type) || ' on table ' || t.name as granted, a.grantee
    from tables t cross join aclexplode(t.relacl) a
  union all select lower(a.privilege_type) || ' on function ' || f.name, a.grantee
    from functions f cross join aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a where f.prosecdef
  union all select lower(a.privilege_type) || ' on schema ' || n.nspname, a.grantee
    from pg_namespace n cross join aclexplode(n.nspacl) a
    where n.nspname = 'public'`;

/** One row: existing `things`, `rights` of the role vestibule_app, and `public_rights` of PUBLIC, which all roles have. */
export const INSTALLED_SCHEMA = `
  with tables as materialized (${TABLES}), functions as materialized (${FUNCTIONS}), rights as (${RIGHTS})
  select
    array(select thing from (${THINGS}) all_things order by thing collate "C") as things,
    array(select granted from rights join pg_roles r on r.oid = grantee and r.rolname = 'vestibule_app'
      order by granted collate "C") as rights,
    array(select granted from rights where grantee = 0 order by granted collate "C") as public_rights,
    array(select distinct pg_get_userbyid(owner)::text from (
      select relowner as owner from tables union all select proowner from functions) owners order by 1) as owners`;

/** The row of `INSTALLED_SCHEMA`. */
export interface InstalledSchema {
  readonly things: readonly string[];
  readonly rights: readonly string[];
  readonly public_rights: readonly string[];
  readonly owners: readonly string[];
}

/** Changes nothing. Any login can run it. */
export async function readInstalledSchema(client: Client): Promise<InstalledSchema> {
  const [row] = (await client.query<InstalledSchema>(INSTALLED_SCHEMA)).rows;
  if (row === undefined) {
    throw new Error("The database answered nothing.");
  }
  return row;
}
