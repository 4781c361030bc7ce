import type { Knex } from "knex";

/** Who did what to whom. The application role adds and reads; it cannot change or remove. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table audit_events (
      id bigint generated always as identity primary key,
      at timestamptz not null,
      office_id uuid references offices,
      type text not null,
      outcome text not null check (outcome in ('ok', 'refused', 'alarm')),
      actor text not null,
      subject text,
      application_id text,
      address inet,
      request_id text,
      details jsonb not null default '{}'
    );
    create index audit_events_office on audit_events (office_id, id desc);
    create index audit_events_subject on audit_events (subject, id desc) where subject is not null;
    alter table audit_events enable row level security;
    alter table audit_events force row level security;
    create policy audit_events_of_office on audit_events
      using (office_id is not distinct from vestibule_office())
      with check (office_id is not distinct from vestibule_office());
    grant select, insert on audit_events to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table audit_events;`);
}
