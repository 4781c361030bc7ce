import type { Knex } from "knex";

/** What is trusted: browsers in which nobody is asked for a code, and mail addresses that somebody has proved. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table offices
      -- For how long a browser is trusted; null: none is.
      add column trusted_browser_days smallint check (trusted_browser_days between 1 and 30),
      -- Trust that is older than this is over, also that of sessions.
      add column trust_since timestamptz,
      add constraint offices_trust check (trusted_browser_days is null or trust_since is not null);

    alter table users
      -- The address that somebody has opened a link in. Another one in 'mail' is proved by nobody.
      add column mail_proved text;

    -- A browser is found by a keyed hash of its cookie's token, so a copy of this table opens nothing.
    create table trusted_browsers (
      id uuid primary key,
      office_id uuid not null references offices,
      user_id uuid not null references users on delete cascade,
      hash bytea not null unique,
      device json not null,
      trusted_at timestamptz not null,
      used_at timestamptz not null,
      ends_at timestamptz not null
    );
    create index trusted_browsers_user on trusted_browsers (user_id);
    alter table trusted_browsers enable row level security;
    alter table trusted_browsers force row level security;
    create policy trusted_browsers_of_office on trusted_browsers
      using (office_id = vestibule_office()) with check (office_id = vestibule_office());
    grant select, insert, update, delete on trusted_browsers to vestibule_app;

    -- Those that count: within the days of today's policy, and not older than whatever ends every session of the user.
    create function trusted_browsers_of(p_user uuid, p_now timestamptz) returns setof trusted_browsers
    language sql stable as $$
      select t.* from trusted_browsers t
      join users u on u.id = t.user_id
      join offices o on o.id = t.office_id
      where t.user_id = p_user and t.ends_at > p_now and t.trusted_at >= u.valid_from and t.trusted_at >= o.trust_since
        and t.trusted_at + make_interval(days => o.trusted_browser_days) > p_now
    $$;

    -- Whether a browser with one of these tokens is trusted by somebody. Sets the office for its own read only.
    create function is_browser_trusted(p_subject uuid, p_hashes bytea[], p_now timestamptz) returns boolean
    language plpgsql as $$
    declare
      before text := coalesce(current_setting('vestibule.office', true), '');
      office uuid;
      found_one boolean;
    begin
      if cardinality(p_hashes) = 0 then
        return false;
      end if;
      select s.office_id into office from subjects s where s.id = p_subject;
      if not found then
        return false;
      end if;
      perform set_config('vestibule.office', office::text, true);
      found_one := exists (select from trusted_browsers_of(p_subject, p_now) t where t.hash = any(p_hashes));
      perform set_config('vestibule.office', before, true);
      return found_one;
    end $$;

    -- The list for its owner, the newest first. Sets the office for its own read only.
    create function list_trusted_browsers(p_subject uuid, p_now timestamptz) returns json language plpgsql as $$
    declare
      before text := coalesce(current_setting('vestibule.office', true), '');
      office uuid;
      found_ones json;
    begin
      select s.office_id into office from subjects s where s.id = p_subject;
      perform set_config('vestibule.office', office::text, true);
      select coalesce(json_agg(json_build_object('id', t.id, 'device', t.device,
          'trustedAt', extract(epoch from t.trusted_at)::float8, 'usedAt', extract(epoch from t.used_at)::float8,
          'endsAt', extract(epoch from least(t.ends_at, t.trusted_at + make_interval(days => o.trusted_browser_days)))::float8)
          order by t.trusted_at desc), '[]')
        into found_ones from trusted_browsers_of(p_subject, p_now) t join offices o on o.id = t.office_id;
      perform set_config('vestibule.office', before, true);
      return found_ones;
    end $$;

    -- Another factor, or one less, ends the trust that rests on it. The trigger keeps it, so that no way of changing
    -- one forgets it; a used step and a key that is sealed anew change no factor.
    create function end_trust() returns trigger language plpgsql as $$
    begin
      delete from trusted_browsers where user_id = coalesce(new.user_id, old.user_id);
      return null;
    end $$;
    create trigger factors_trust after insert or delete or update of confirmed_at on factors
      for each row execute function end_trust();

    ${findAccount(
      ", 'isMailProved', u.mail is not null and u.mail is not distinct from u.mail_proved",
      `, 'trust', case when o.trusted_browser_days is not null then json_build_object('days', o.trusted_browser_days,
              'since', extract(epoch from o.trust_since)::float8) end`,
    )}
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${findAccount("", "")}
    drop trigger factors_trust on factors;
    drop function end_trust();
    drop function list_trusted_browsers(uuid, timestamptz);
    drop function is_browser_trusted(uuid, bytea[], timestamptz);
    drop function trusted_browsers_of(uuid, timestamptz);
    drop table trusted_browsers;
    alter table users drop column mail_proved;
    alter table offices drop constraint offices_trust, drop column trusted_browser_days, drop column trust_since;
  `);
}

/** The function of migration 010, with a field more of the user and one more of the policy. */
const findAccount = (ofUser: string, ofPolicy: string): string => `
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
        'mobile', (select m.number from mobile_numbers m where m.user_id = u.id and m.state = 'confirmed')${ofUser},
        'office', json_build_object('id', o.id, 'code', o.code, 'name', o.name, 'status', o.status,
          'language', o.language, 'sessionMinutes', o.session_minutes,
          'secondFactor', json_build_object('demand', o.second_factor, 'methods', o.second_factor_methods,
            'from', extract(epoch from o.second_factor_from)::float8,
            'since', extract(epoch from o.second_factor_since)::float8${ofPolicy}))
      ) into account
      from users u join offices o on o.id = u.office_id where u.id = p_subject;
      perform set_config('vestibule.office', before, true);
      return account;
    end $$;
`;
