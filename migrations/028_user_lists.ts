import type { Knex } from "knex";

/** What lists and overviews of an office sort, search and count by. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table users
      add column name_key text not null generated always as (lower(normalize(name, NFKC))) stored,
      add column search_key text not null generated always as
        (lower(normalize(username || ' ' || name || ' ' || coalesce(mail, ''), NFKC))) stored;
    create index users_name on users (office_id, name_key, id);

    -- When somebody was last signed in; '-infinity': never. A table of its own, so that a sign-in neither locks nor rewrites
    -- the user's row. Triggers keep it, so that no way of signing in or of adding a user forgets it.
    create table last_sign_ins (
      user_id uuid primary key references users on delete cascade,
      office_id uuid not null references offices,
      at timestamptz not null
    );
    create index last_sign_ins_at on last_sign_ins (office_id, at, user_id);
    alter table last_sign_ins enable row level security;
    alter table last_sign_ins force row level security;
    create policy last_sign_ins_of_office on last_sign_ins
      using (office_id = vestibule_office()) with check (office_id = vestibule_office());
    grant select, insert, update on last_sign_ins to vestibule_app;

    create function begin_last_sign_in() returns trigger language plpgsql as $$
    begin
      insert into last_sign_ins (user_id, office_id, at) values (new.id, new.office_id, '-infinity');
      return null;
    end $$;
    create trigger users_last_sign_in after insert on users for each row execute function begin_last_sign_in();

    create function keep_last_sign_in() returns trigger language plpgsql as $$
    begin
      update last_sign_ins set at = new.at where user_id = new.subject::uuid and at < new.at;
      return null;
    end $$;
    create trigger audit_events_last_sign_in after insert on audit_events for each row
      when (new.type = 'sign-in' and new.outcome = 'ok' and new.subject ~ '^[0-9a-f-]{36}$')
      execute function keep_last_sign_in();

    -- An office's counts read its own rows alone, and from the index alone.
    create index factors_office on factors (office_id, user_id, kind);
    create index recovery_codes_left on recovery_codes (office_id, user_id) where used_at is null;
    create index recovery_code_sets_office on recovery_code_sets (office_id, user_id);
    create index mobile_numbers_pending on mobile_numbers (office_id, user_id) where pending_number is not null;

    create index audit_events_sms on audit_events (office_id, at) where type = 'sms.sent';
    create index audit_events_important on audit_events (office_id, id desc)
      where outcome = 'alarm' or type in ('code.blocked', 'factor.reset', 'number.change-requested', 'number.removed',
        'office.changed', 'password.reset', 'user.disabled', 'users.imported', 'users.exported');

    -- Row-level security binds the owner as well, so those who are there already are gathered office by office.
    do $$
    declare
      before text := coalesce(current_setting('vestibule.office', true), '');
      one uuid;
    begin
      for one in select id from offices loop
        perform set_config('vestibule.office', one::text, true);
        insert into last_sign_ins (user_id, office_id, at)
          select u.id, u.office_id, coalesce((select max(e.at) from audit_events e
            where e.subject = u.id::text and e.type = 'sign-in' and e.outcome = 'ok'), '-infinity')
          from users u where u.office_id = one;
      end loop;
      perform set_config('vestibule.office', before, true);
    end $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index audit_events_important;
    drop index audit_events_sms;
    drop index mobile_numbers_pending;
    drop index recovery_code_sets_office;
    drop index recovery_codes_left;
    drop index factors_office;
    drop trigger audit_events_last_sign_in on audit_events;
    drop function keep_last_sign_in();
    drop trigger users_last_sign_in on users;
    drop function begin_last_sign_in();
    drop table last_sign_ins;
    drop index users_name;
    alter table users drop column search_key, drop column name_key;
  `);
}
