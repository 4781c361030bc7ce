import type { Knex } from "knex";
import { atHome } from "../src/platform/database/migration-sql.ts";

/** The support contact of an office, and the checklist of its first hour. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The office's own contact: mail, phone, url, hours. Null: the installation's is shown.
    alter table offices add column support jsonb check (jsonb_typeof(support) = 'object');

    -- Who leads an office: asked for at each request of a superuser.
    create index users_superusers on users (home, office_id) where role = 'superuser' and status = 'active';

    -- Offices whose checklist was put away by a superuser.
    create table office_checklists (
      home smallint not null,
      office_id uuid not null references offices on delete cascade,
      dismissed_at timestamptz not null,
      dismissed_by text not null,
      primary key (home, office_id)
    );
    ${atHome("office_checklists")}
    alter table office_checklists enable row level security;
    alter table office_checklists force row level security;
    create policy office_checklists_office on office_checklists for all
      using (office_id = vestibule_office()) with check (office_id = vestibule_office());
    grant select, insert on office_checklists to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table office_checklists;
    drop index users_superusers;
    alter table offices drop column support;
  `);
}
