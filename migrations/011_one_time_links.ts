import type { Knex } from "knex";

/** One-time links, what a reset of the password leaves behind, and who has a mail address. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A link is found by a keyed hash of its purpose, office and token, so a copy of this table opens nothing.
    create table one_time_links (
      hash bytea primary key,
      office_id uuid not null references offices,
      user_id uuid not null references users on delete cascade,
      purpose text not null check (purpose in ('password-reset', 'invitation', 'mail-change', 'not-me')),
      -- Of such a purpose a user has one link at most: a newer one takes the row of the older.
      newest_only boolean not null,
      data jsonb not null,
      made_at timestamptz not null,
      ends_at timestamptz not null,
      spent_at timestamptz
    );
    create unique index one_time_links_newest on one_time_links (user_id, purpose) where newest_only;
    create index one_time_links_user on one_time_links (user_id);
    alter table one_time_links enable row level security;
    alter table one_time_links force row level security;
    create policy one_time_links_of_office on one_time_links
      using (office_id = vestibule_office()) with check (office_id = vestibule_office());

    alter table users
      -- The next sign-in ends with choosing a new password.
      add column password_expired boolean not null default false,
      -- Until then no change of a factor may rest on the mailbox: a reset has just been proved by it.
      add column mailbox_hold_until timestamptz;

    -- Which offices a mail address has people in, for "Which office code do I have?": hashes and ids alone. The trigger
    -- keeps it, so that no way of changing an address forgets it.
    create table mail_people (
      user_id uuid primary key references users on delete cascade,
      office_id uuid not null references offices,
      mail_hash bytea not null
    );
    create index mail_people_hash on mail_people (mail_hash);

    create function mail_hash(p_mail text) returns bytea language sql immutable
      as $$ select sha256(convert_to(lower(btrim(p_mail)), 'UTF8')) $$;

    -- The mail address that the running statement works for; unset means none, and then no row of another office is visible.
    create function vestibule_mail() returns bytea language sql stable
      as $$ select decode(nullif(current_setting('vestibule.mail', true), ''), 'hex') $$;
    alter table mail_people enable row level security;
    alter table mail_people force row level security;
    create policy mail_people_of_office on mail_people
      using (office_id = vestibule_office()) with check (office_id = vestibule_office());
    create policy mail_people_of_mail on mail_people for select using (mail_hash = vestibule_mail());

    create function keep_mail_people() returns trigger language plpgsql as $$
    begin
      if new.mail is null then
        delete from mail_people where user_id = new.id;
      else
        insert into mail_people (user_id, office_id, mail_hash) values (new.id, new.office_id, mail_hash(new.mail))
          on conflict (user_id) do update set office_id = excluded.office_id, mail_hash = excluded.mail_hash;
      end if;
      return null;
    end $$;
    create trigger users_mail after insert or update of mail, office_id on users
      for each row execute function keep_mail_people();

    grant select, insert, update, delete on one_time_links, mail_people to vestibule_app;

    -- Row-level security binds the owner as well, so those who are there already are gathered office by office.
    do $$
    declare
      before text := coalesce(current_setting('vestibule.office', true), '');
      one uuid;
    begin
      for one in select id from offices loop
        perform set_config('vestibule.office', one::text, true);
        insert into mail_people (user_id, office_id, mail_hash)
          select u.id, u.office_id, mail_hash(u.mail) from users u where u.office_id = one and u.mail is not null;
      end loop;
      perform set_config('vestibule.office', before, true);
    end $$;

    -- The active people of a mail address in all open offices, at most thirty. Sets address and offices for its own read only.
    create function find_people_of_mail(p_mail text)
    returns table (office_code text, office_name text, username text, name text, mail text, language text)
    language plpgsql as $$
    declare
      before text := coalesce(current_setting('vestibule.office', true), '');
      found_person mail_people%rowtype;
    begin
      perform set_config('vestibule.mail', encode(mail_hash(p_mail), 'hex'), true);
      for found_person in
        select p.* from mail_people p where p.mail_hash = mail_hash(p_mail) order by p.user_id limit 30 loop
        perform set_config('vestibule.office', found_person.office_id::text, true);
        return query
          select o.code, o.name, u.username, u.name, u.mail, coalesce(u.language, o.language)
          from users u join offices o on o.id = u.office_id
          where u.id = found_person.user_id and u.status = 'active' and o.status = 'open';
      end loop;
      perform set_config('vestibule.office', before, true);
      perform set_config('vestibule.mail', '', true);
    end $$;

    -- Whether somebody has to choose a new password; false for nobody. Sets the office for its own read only.
    create function is_password_expired(p_subject uuid) returns boolean language plpgsql as $$
    declare
      before text := coalesce(current_setting('vestibule.office', true), '');
      office uuid;
      expired boolean;
    begin
      select s.office_id into office from subjects s where s.id = p_subject;
      if not found then
        return false;
      end if;
      perform set_config('vestibule.office', office::text, true);
      select u.password_expired into expired from users u where u.id = p_subject;
      perform set_config('vestibule.office', before, true);
      return coalesce(expired, false);
    end $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function is_password_expired(uuid);
    drop function find_people_of_mail(text);
    drop trigger users_mail on users;
    drop function keep_mail_people();
    drop table mail_people;
    drop function vestibule_mail();
    drop function mail_hash(text);
    alter table users drop column password_expired, drop column mailbox_hold_until;
    drop table one_time_links;
  `);
}
