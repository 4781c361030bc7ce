import type { Knex } from "knex";

/** The second factor: what an office demands, what its people have enrolled, and their recovery codes. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table offices
      add column second_factor text not null default 'off' check (second_factor in ('off', 'required')),
      add column second_factor_from timestamptz,
      add column second_factor_since timestamptz,
      add column second_factor_methods text[] not null default '{totp}'
        check (cardinality(second_factor_methods) > 0 and second_factor_methods <@ '{totp,sms}');

    create table factors (
      office_id uuid not null references offices,
      user_id uuid not null references users on delete cascade,
      kind text not null check (kind in ('totp', 'sms')),
      sealed_secret bytea,
      last_step bigint not null default 0,
      confirmed_at timestamptz not null,
      primary key (user_id, kind)
    );

    -- One salt a user, so that one slow hash is compared with all six.
    create table recovery_code_sets (
      office_id uuid not null references offices,
      user_id uuid primary key references users on delete cascade,
      salt bytea not null,
      made_at timestamptz not null
    );
    create table recovery_codes (
      office_id uuid not null references offices,
      user_id uuid not null references recovery_code_sets on delete cascade,
      hash bytea not null,
      used_at timestamptz,
      primary key (user_id, hash)
    );

    -- The time in which somebody without a confirmed factor may enrol one with the password alone. Without a row it
    -- runs from the later of the user's beginning and the office's decision.
    create table enrolment_windows (
      office_id uuid not null references offices,
      user_id uuid primary key references users on delete cascade,
      opened_at timestamptz not null,
      ends_at timestamptz not null,
      code_hash bytea,
      code_ends_at timestamptz
    );

    do $$
    declare office_table text;
    begin
      foreach office_table in array array['factors', 'recovery_code_sets', 'recovery_codes', 'enrolment_windows'] loop
        execute format('alter table %I enable row level security', office_table);
        execute format('alter table %I force row level security', office_table);
        execute format('create policy %I on %I using (office_id = vestibule_office()) with check (office_id = vestibule_office())',
          office_table || '_of_office', office_table);
        execute format('grant select, insert, update, delete on %I to vestibule_app', office_table);
      end loop;
    end $$;

    create or replace function find_account(p_subject uuid) returns json language plpgsql as $$
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
        'createdAt', extract(epoch from u.created_at)::float8,
        'office', json_build_object('id', o.id, 'code', o.code, 'name', o.name, 'status', o.status,
          'language', o.language, 'sessionMinutes', o.session_minutes,
          'secondFactor', json_build_object('demand', o.second_factor, 'methods', o.second_factor_methods,
            'from', extract(epoch from o.second_factor_from)::float8,
            'since', extract(epoch from o.second_factor_since)::float8))
      ) into account
      from users u join offices o on o.id = u.office_id where u.id = p_subject;
      perform set_config('vestibule.office', before, true);
      return account;
    end $$;

    drop function find_sign_in(bytea, timestamptz);
    create function find_sign_in(p_id bytea, p_now timestamptz)
    returns table (facts jsonb, created_at timestamptz, account json, guard json, factors text[], codes_left integer,
      enrolment json) language plpgsql as $$
    declare
      before text := coalesce(current_setting('vestibule.office', true), '');
      found_office uuid;
      found_user uuid;
    begin
      select s.facts, s.created_at, s.office_id, s.user_id into facts, created_at, found_office, found_user
        from sign_ins s where s.id = p_id and s.expires_at > p_now;
      if not found then
        return;
      end if;
      account := find_account(found_user);
      perform set_config('vestibule.office', found_office::text, true);
      select json_build_object('strikes', g.strikes, 'spent', g.spent, 'blockedUntil', extract(epoch from g.blocked_until)::float8)
        into guard from second_factor_guard g where g.office_id = found_office and g.user_id = found_user;
      factors := array(select f.kind from factors f where f.user_id = found_user order by f.kind);
      select count(*)::integer into codes_left from recovery_codes c where c.user_id = found_user and c.used_at is null;
      select json_build_object('openedAt', extract(epoch from w.opened_at)::float8, 'endsAt', extract(epoch from w.ends_at)::float8,
          'needsCode', w.code_hash is not null)
        into enrolment from enrolment_windows w where w.user_id = found_user;
      perform set_config('vestibule.office', before, true);
      return next;
    end $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table enrolment_windows;
    drop table recovery_codes;
    drop table recovery_code_sets;
    drop table factors;
    alter table offices drop column second_factor, drop column second_factor_from, drop column second_factor_since,
      drop column second_factor_methods;
  `);
}
