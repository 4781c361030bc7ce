import type { Knex } from "knex";

/** Servers of the release before, whose newest migration this is, work with it. */
export const worksWith = "025_application_refusals.ts";

/** What an office shows on its pages: an uploaded logo, a text for its users and links to legal pages. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table offices
      -- A text of the sign-in page, by language.
      add column welcome jsonb not null default '{}' check (jsonb_typeof(welcome) = 'object'),
      -- Addresses of the pages privacy, terms and imprint.
      add column legal jsonb not null default '{}' check (jsonb_typeof(legal) = 'object');

    -- The logo in use, and one that was uploaded and is looked at before it is used.
    create table office_logos (
      office_id uuid not null references offices on delete cascade,
      state text not null check (state in ('current', 'draft')),
      -- The random part of its address; a draft has none.
      token text unique check (token ~ '^[A-Za-z0-9_-]{22}$'),
      -- The part of its address that changes with the content.
      mark text not null check (mark ~ '^[A-Za-z0-9_-]{10}$'),
      type text not null check (type in ('png', 'jpeg', 'webp', 'svg')),
      width integer not null,
      height integer not null,
      content bytea not null check (octet_length(content) between 1 and 512000),
      added_at timestamptz not null,
      primary key (office_id, state),
      check ((state = 'current') = (token is not null))
    );
    alter table office_logos enable row level security;
    alter table office_logos force row level security;
    -- Every visitor of a sign-in page may see the logo in use; a draft is for its own office.
    create policy office_logos_in_use on office_logos for select using (state = 'current');
    create policy office_logos_of_office on office_logos
      using (office_id = vestibule_office()) with check (office_id = vestibule_office());
    grant select, insert, update, delete on office_logos to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table office_logos;
    alter table offices drop column welcome, drop column legal;
  `);
}
