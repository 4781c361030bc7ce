import type { Knex } from "knex";

/** The journey's memory, and the one counter of wrong second-factor tries of a user. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A row begins with the first fact. Office and user are those that the password proved, never what a form says later.
    create table sign_ins (
      id bytea primary key,
      office_id uuid not null references offices,
      user_id uuid not null,
      facts jsonb not null,
      created_at timestamptz not null,
      expires_at timestamptz not null
    );
    create index sign_ins_expires on sign_ins (expires_at);

    create table second_factor_guard (
      office_id uuid not null references offices,
      user_id uuid not null references users on delete cascade,
      strikes integer not null default 0,
      spent integer not null default 0,
      blocked_until timestamptz,
      lifts integer not null default 0,
      lifts_since timestamptz,
      primary key (office_id, user_id)
    );
    alter table second_factor_guard enable row level security;
    alter table second_factor_guard force row level security;
    create policy second_factor_guard_of_office on second_factor_guard
      using (office_id = vestibule_office()) with check (office_id = vestibule_office());
    grant select, insert, update, delete on sign_ins, second_factor_guard to vestibule_app;

    -- A sign-in with what the journey's guards read: fresh at every click.
    create function find_sign_in(p_id bytea, p_now timestamptz)
    returns table (facts jsonb, created_at timestamptz, account json, blocked_until timestamptz) language plpgsql as $$
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
      select g.blocked_until into blocked_until from second_factor_guard g
        where g.office_id = found_office and g.user_id = found_user;
      perform set_config('vestibule.office', before, true);
      return next;
    end $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function find_sign_in(bytea, timestamptz);
    drop table second_factor_guard;
    drop table sign_ins;
  `);
}
