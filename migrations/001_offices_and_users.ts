import type { Knex } from "knex";

/** The office of a transaction, and the tables of offices and their people. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    revoke create on schema public from public;
    grant usage on schema public to vestibule_app;

    -- The office that the running transaction works for; unset means none, and then no row is visible.
    create function vestibule_office() returns uuid language sql stable
      as $$ select nullif(current_setting('vestibule.office', true), '')::uuid $$;

    create table offices (
      id uuid primary key,
      code text not null,
      name text not null,
      status text not null default 'open' check (status in ('open', 'closed')),
      language text not null default 'en',
      logo_url text,
      accent text check (accent ~ '^#[0-9a-f]{6}$'),
      session_minutes integer check (session_minutes between 5 and 4320),
      created_at timestamptz not null,
      changed_at timestamptz not null,
      constraint office_code check (code ~ '^[A-Z0-9-]{3,32}$')
    );
    create unique index offices_code on offices (code);

    -- Who an identifier (the OpenID 'sub') belongs to. A row stays when the user goes: no 'sub' is ever used twice.
    create table subjects (id uuid primary key, office_id uuid not null references offices);

    create table users (
      id uuid primary key references subjects,
      office_id uuid not null references offices,
      username text not null,
      username_key text not null,
      name text not null,
      mail text,
      role text not null default 'user' check (role in ('user', 'accountant', 'superuser', 'support')),
      language text,
      status text not null default 'active' check (status in ('active', 'disabled')),
      password_hash text not null,
      password_changed_at timestamptz not null,
      -- Sessions and tokens that are older than this are dead, wherever they are kept.
      valid_from timestamptz not null,
      created_at timestamptz not null,
      changed_at timestamptz not null,
      unique (office_id, username_key)
    );

    alter table offices enable row level security;
    alter table offices force row level security;
    create policy offices_read on offices for select using (true);
    create policy offices_write on offices for all using (id = vestibule_office()) with check (id = vestibule_office());
    alter table users enable row level security;
    alter table users force row level security;
    create policy users_of_office on users using (office_id = vestibule_office()) with check (office_id = vestibule_office());

    grant select, insert, update on offices to vestibule_app;
    grant select, insert on subjects to vestibule_app;
    grant select, insert, update, delete on users to vestibule_app;

    -- The account behind a 'sub' with its office, as JSON; null for an unknown one. Sets the office for its own read only.
    create function find_account(p_subject uuid) returns json language plpgsql as $$
    declare
      before text := coalesce(current_setting('vestibule.office', true), '');
      office uuid;
      account json;
    begin
      select s.office_id into office from subjects s where s.id = p_subject;
      if not found then
        return null;
      end if;
      perform set_config('vestibule.office', office::text, true);
      select json_build_object(
        'id', u.id, 'username', u.username, 'name', u.name, 'mail', u.mail, 'role', u.role, 'language', u.language,
        'status', u.status, 'validFrom', extract(epoch from u.valid_from)::float8,
        'office', json_build_object('id', o.id, 'code', o.code, 'name', o.name, 'status', o.status,
          'sessionMinutes', o.session_minutes)
      ) into account
      from users u join offices o on o.id = u.office_id where u.id = p_subject;
      perform set_config('vestibule.office', before, true);
      return account;
    end $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function find_account(uuid);
    drop table users;
    drop table subjects;
    drop table offices;
    drop function vestibule_office();
  `);
}
