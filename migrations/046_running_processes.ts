import type { Knex } from "knex";

/** The servers and workers that run, as they say of themselves; older rows are of processes that ended without a word. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table running_processes (
      id text primary key,
      kind text not null check (kind in ('server', 'worker')),
      host text not null,
      pid integer not null,
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
  await knex.raw(`drop table running_processes;`);
}
