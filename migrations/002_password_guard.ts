import type { Knex } from "knex";

/** Counters of wrong passwords, and the browsers that an account is used to. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Keys are keyed hashes: of an account (also one that does not exist), a network address, a browser, an office.
    create table password_guard (
      scope smallint not null,
      key bytea not null,
      tries integer not null,
      window_ends timestamptz not null,
      recent integer[] not null default '{}',
      primary key (scope, key)
    );
    create index password_guard_window_ends on password_guard (window_ends);

    create table familiar_browsers (
      office_id uuid not null references offices,
      user_id uuid not null references users on delete cascade,
      browser bytea not null,
      expires_at timestamptz not null,
      primary key (user_id, browser)
    );
    alter table familiar_browsers enable row level security;
    alter table familiar_browsers force row level security;
    create policy familiar_browsers_of_office on familiar_browsers
      using (office_id = vestibule_office()) with check (office_id = vestibule_office());

    grant select, insert, update, delete on password_guard, familiar_browsers to vestibule_app;

    -- What the password page needs to know before it looks at a password, in one round trip.
    create function find_sign_in_candidate(p_office_code text, p_username_key text, p_browser bytea, p_now timestamptz)
    returns table (office json, account json, password_hash text, familiar boolean) language plpgsql as $$
    declare
      before text := coalesce(current_setting('vestibule.office', true), '');
      found_office offices%rowtype;
      found_user users%rowtype;
    begin
      select o.* into found_office from offices o where o.code = p_office_code;
      if not found then
        return;
      end if;
      office := json_build_object('id', found_office.id, 'code', found_office.code, 'name', found_office.name,
        'status', found_office.status);
      perform set_config('vestibule.office', found_office.id::text, true);
      select u.* into found_user from users u
        where u.office_id = found_office.id and u.username_key = p_username_key;
      if found then
        account := json_build_object('id', found_user.id, 'status', found_user.status);
        password_hash := found_user.password_hash;
        familiar := exists (select from familiar_browsers f
          where f.user_id = found_user.id and f.browser = p_browser and f.expires_at > p_now);
      end if;
      perform set_config('vestibule.office', before, true);
      return next;
    end $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function find_sign_in_candidate(text, text, bytea, timestamptz);
    drop table familiar_browsers;
    drop table password_guard;
  `);
}
