import type { Knex } from "knex";
import { createFunctions, dropFunctions } from "../src/platform/database/migration-sql.ts";

/** The database's own state: its migrations, its roles, and the running processes. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    revoke create on schema public from public;
    grant usage on schema public to vestibule_app;

    -- Used by every policy.
    ${createFunctions("vestibule_office", "home_of")}

    -- Which older servers work with a migration; CONTRIBUTING.md says how a migration gets its mark.
    create table migration_marks (
      name text primary key,
      -- Servers that know this migration work with the other one too.
      works_with text not null
    );
    grant select on migration_marks to vestibule_app;

    -- Which text of each SQL function was applied, and by which release; docs/decisions/0047 says how functions change.
    create table sql_functions (
      name text primary key,
      -- SHA-256 of its file in migrations/functions.
      checksum text not null,
      release text not null
    );
    grant select on sql_functions to vestibule_app;

    -- The mark of the secrets that belong to this database.
    create table installation (
      only_one boolean primary key default true check (only_one),
      secrets_mark bytea not null,
      created_at timestamptz not null
    );
    grant select, insert on installation to vestibule_app;

    -- What the demo has created, with public passwords and keys: a production server refuses to start on such a database.
    create table demo_marks (
      id text primary key,
      kind text not null check (kind in ('office', 'user', 'application')),
      made_at timestamptz not null default now()
    );
    grant select, insert, delete on demo_marks to vestibule_app;

    -- The running servers and workers, as they report themselves; older rows are of processes that died.
    create table running_processes (
      id text primary key,
      kind text not null check (kind in ('server', 'worker')),
      host text not null,
      pid integer not null,
      -- Of a server with several processes: which one this is, how many there are, and the one that has started them.
      number smallint not null default 1,
      processes smallint not null default 1,
      primary_pid integer,
      version text not null,
      started_at timestamptz not null default now(),
      seen_at timestamptz not null default now(),
      -- Names of keys, never keys.
      data_keys text[] not null,
      migration text not null,
      clock_off_ms double precision not null
    );
    grant select, insert, update, delete on running_processes to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table running_processes, demo_marks, installation, migration_marks;
    ${dropFunctions("vestibule_office", "home_of")}
    drop table sql_functions;
  `);
}
