import type { Knex } from "knex";
import { rowsOfOffice } from "../src/platform/database/migration-sql.ts";

/** Users imported from a file: its checked rows wait here until an administrator applies them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table import_runs (
      home smallint not null,
      id uuid not null,
      office_id uuid not null references offices,
      actor text not null,
      state text not null check (state in ('reading', 'refused', 'checked', 'applied', 'dropped')),
      -- Why the file as a whole was refused: code, line, about.
      fault jsonb,
      rows integer not null default 0,
      bad integer not null default 0,
      -- Progress of the application, for display; final only once the run is applied.
      added integer not null default 0,
      invites boolean not null default false,
      -- Each turn sends some of the invitations; a turn that was taken is not taken again.
      invite_turn integer not null default 0,
      invited integer not null default 0,
      made_at timestamptz not null,
      moved_at timestamptz not null,
      -- When its rows are deleted.
      ends_at timestamptz not null,
      primary key (home, id)
    );
    create index import_runs_office on import_runs (home, office_id, made_at desc);
    ${rowsOfOffice("import_runs")}
    grant select, insert, update on import_runs to vestibule_app;

    create table import_rows (
      home smallint not null,
      run_id uuid not null,
      line integer not null,
      office_id uuid not null references offices,
      -- The id of the future user.
      id uuid not null,
      username text not null,
      username_key text not null,
      name text not null,
      mail text,
      number text,
      role text not null,
      language text,
      -- What proves the user in another system; forgotten as soon as the rows have been applied. The key of the authenticator
      -- app is sealed for the future user.
      password_hash text,
      sealed_app bytea,
      hash_kind text,
      hash_milliseconds integer,
      app_digits smallint not null,
      number_confirmed boolean not null,
      faults text[] not null,
      invited_at timestamptz,
      primary key (home, run_id, line),
      foreign key (home, run_id) references import_runs on delete cascade
    );
    ${rowsOfOffice("import_rows")}
    grant select, insert, update, delete on import_rows to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table import_rows, import_runs;`);
}
