import type { Knex } from "knex";

/** Relying applications. One without an office serves every office. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table applications (
      id text primary key check (id ~ '^app_[A-Za-z0-9_-]{16,}$'),
      office_id uuid references offices,
      name text not null,
      type text not null check (type in ('web', 'native', 'browser', 'machine')),
      first_party boolean not null default false,
      secret_hash bytea,
      settings jsonb not null,
      created_at timestamptz not null,
      changed_at timestamptz not null
    );
    create index applications_office on applications (office_id);
    alter table applications enable row level security;
    alter table applications force row level security;
    create policy applications_read on applications for select using (true);
    create policy applications_write on applications for all
      using (office_id is not distinct from vestibule_office())
      with check (office_id is not distinct from vestibule_office());
    grant select, insert, update, delete on applications to vestibule_app;

    -- Tells every server process that its copy of an application is out of date.
    create function tell_application_changed() returns trigger language plpgsql as $$
    begin
      perform pg_notify('vestibule_application', coalesce(new.id, old.id));
      return null;
    end $$;
    create trigger application_changed after insert or update or delete on applications
      for each row execute function tell_application_changed();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table applications; drop function tell_application_changed();`);
}
