import type { Knex } from "knex";

/** Relying applications, and the keys that sign their tokens. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- An application without an office serves every office.
    create table applications (
      id text primary key check (id ~ '^app_[A-Za-z0-9_-]{16,}$'),
      office_id uuid references offices,
      name text not null,
      type text not null check (type in ('web', 'native', 'browser', 'machine')),
      first_party boolean not null default false,
      secret_hash bytea,
      -- Two secrets overlap while the application changes from one to the other.
      old_secret_hash bytea,
      old_secret_ends_at timestamptz,
      settings jsonb not null,
      created_at timestamptz not null,
      changed_at timestamptz not null,
      constraint applications_old_secret check ((old_secret_hash is null) = (old_secret_ends_at is null))
    );
    create index applications_office on applications (office_id);
    -- Two resource servers with the same name could introspect each other's tokens.
    create unique index applications_resource on applications ((settings ->> 'resourceIdentifier'))
      where settings ->> 'resourceIdentifier' is not null;

    alter table applications enable row level security;
    alter table applications force row level security;
    create policy applications_read on applications for select using (true);
    create policy applications_write on applications for all
      using (office_id is not distinct from vestibule_office())
      with check (office_id is not distinct from vestibule_office());
    grant select, insert, update, delete on applications to vestibule_app;

    -- A key signs from used_from on, until a newer one of its algorithm does; it is published before that.
    create table signing_keys (
      id text primary key,
      algorithm text not null,
      public_jwk jsonb not null,
      sealed_private_jwk bytea not null,
      created_at timestamptz not null,
      used_from timestamptz not null,
      expires_at timestamptz
    );
    grant select, insert, update, delete on signing_keys to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop table signing_keys, applications");
}
