import type { Knex } from "knex";

/** Mobile numbers, the codes that are sent to them, and the counters that bound what is sent. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table offices
      add column country text not null default 'NL' check (country ~ '^[A-Z]{2}$'),
      add column countries text[] not null default '{AT,BE,BG,CY,CZ,DE,DK,EE,ES,FI,FR,GB,GR,HR,HU,IE,IT,LT,LU,LV,MT,NL,PL,PT,RO,SE,SI,SK}'
        check (cardinality(countries) > 0),
      add column sms_daily_budget integer not null default 500 check (sms_daily_budget between 0 and 1000000);

    -- A user without a row has no number. A change waits for somebody of the office beside the confirmed number.
    create table mobile_numbers (
      office_id uuid not null references offices,
      user_id uuid primary key references users on delete cascade,
      number text not null check (number ~ '^[+][0-9]{7,15}$'),
      state text not null check (state in ('unconfirmed', 'confirmed')),
      entered_by text not null check (entered_by in ('user', 'administrator')),
      changed_at timestamptz not null,
      pending_number text check (pending_number ~ '^[+][0-9]{7,15}$'),
      pending_at timestamptz,
      check ((pending_number is null) = (pending_at is null)),
      check (pending_number is null or state = 'confirmed')
    );

    -- One row for each sign-in, user and purpose: loading a page ten times sends one message. Binding and code are
    -- keyed hashes; a newer code takes the row over, so that the older one is dead.
    create table sms_codes (
      office_id uuid not null references offices,
      user_id uuid not null references users on delete cascade,
      binding bytea not null,
      purpose text not null check (purpose in ('sign-in', 'enrol')),
      number text not null,
      hash bytea not null,
      sends integer not null,
      sent_at timestamptz not null,
      resend_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz,
      message_id uuid,
      primary key (binding, purpose)
    );
    create index sms_codes_user on sms_codes (user_id);
    create index sms_codes_sent_at on sms_codes (office_id, sent_at);

    do $$
    declare office_table text;
    begin
      foreach office_table in array array['mobile_numbers', 'sms_codes'] loop
        execute format('alter table %I enable row level security', office_table);
        execute format('alter table %I force row level security', office_table);
        execute format('create policy %I on %I using (office_id = vestibule_office()) with check (office_id = vestibule_office())',
          office_table || '_of_office', office_table);
        execute format('grant select, insert, update, delete on %I to vestibule_app', office_table);
      end loop;
    end $$;

    -- Keys are keyed hashes: of a sign-in, a number, an account, a network address, a range of numbers, an office.
    -- 'told': this window's stop stands in the audit log already.
    create table sms_budget (
      scope smallint not null,
      key bytea not null,
      sent integer not null,
      told boolean not null default false,
      window_ends timestamptz not null,
      primary key (scope, key)
    );
    create index sms_budget_window_ends on sms_budget (window_ends);
    grant select, insert, update, delete on sms_budget to vestibule_app;

    ${findAccount(", 'mobile', (select m.number from mobile_numbers m where m.user_id = u.id and m.state = 'confirmed')")}
    drop function find_sign_in(bytea, timestamptz);
    ${findSignIn(
      ", number json",
      `select json_build_object('state', coalesce(m.state, 'none'), 'number', m.number,
          'pending', m.pending_number is not null, 'enteredBy', m.entered_by)
        into number from (select found_user as id) w left join mobile_numbers m on m.user_id = w.id;`,
    )}
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${findAccount("")}
    drop function find_sign_in(bytea, timestamptz);
    ${findSignIn("", "")}
    delete from factors where kind = 'sms';
    drop table sms_budget;
    drop table sms_codes;
    drop table mobile_numbers;
    alter table offices drop column country, drop column countries, drop column sms_daily_budget;
  `);
}

/** The function of migration 008, with one more field. */
const findAccount = (field: string): string => `
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
        'createdAt', extract(epoch from u.created_at)::float8${field},
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
`;

/** The function of migration 008, with one more column. */
const findSignIn = (column: string, select: string): string => `
    create function find_sign_in(p_id bytea, p_now timestamptz)
    returns table (facts jsonb, created_at timestamptz, account json, guard json, factors text[], codes_left integer,
      enrolment json${column}) language plpgsql as $$
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
      ${select}
      perform set_config('vestibule.office', before, true);
      return next;
    end $$;
`;
