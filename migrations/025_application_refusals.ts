import type { Knex } from "knex";
import { atHome } from "../src/platform/database/migration-sql.ts";

/** The latest refused requests of each application, for its developers in the console. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Some rows for each application: the same refusal again only moves its time.
    create table application_refusals (
      home smallint not null,
      application_id text not null references applications on delete cascade,
      -- A hash of what follows, but for the time.
      kind text not null,
      office_id uuid references offices,
      endpoint text not null,
      error text not null,
      description text not null,
      -- What the application did not learn.
      detail text not null,
      refused_at timestamptz not null,
      primary key (home, application_id, kind)
    );
    ${atHome("application_refusals")}
    alter table application_refusals enable row level security;
    alter table application_refusals force row level security;
    create policy application_refusals_office on application_refusals for all
      using (office_id is not distinct from vestibule_office())
      with check (office_id is not distinct from vestibule_office());
    grant select, insert, update, delete on application_refusals to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop table application_refusals;");
}
