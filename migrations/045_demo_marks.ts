import type { Knex } from "knex";

/** What the demo has made, with passwords and keys that everybody knows: production does not start beside it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table demo_marks (
      id text primary key,
      kind text not null check (kind in ('office', 'user', 'application')),
      made_at timestamptz not null default now()
    );
    grant select, insert, delete on demo_marks to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table demo_marks;`);
}
