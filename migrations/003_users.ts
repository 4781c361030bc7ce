import type { Knex } from "knex";
import {
  atHome,
  createFunctions,
  dropFunctions,
  rowsOfOffice,
} from "../src/platform/database/migration-sql.ts";

/** Users of offices, and the lookups for them: their 'sub', their mail address, their last sign-in. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The owner of an identifier (the OpenID 'sub'). The row stays when the user is deleted: no 'sub' is ever reused.
    create table subjects (
      home smallint not null check (home = home_of(id)),
      id uuid not null,
      office_id uuid not null references offices,
      primary key (home, id)
    );
    ${atHome("subjects")}
    grant select, insert on subjects to vestibule_app;

    create table users (
      home smallint not null,
      id uuid not null,
      office_id uuid not null references offices,
      username text not null,
      -- The folded username, for comparing: unique in its office.
      username_key text not null,
      name text not null,
      mail text,
      -- The address in which the user has opened a link. If 'mail' is another one, that one is not proved.
      mail_proved text,
      -- For sorting and searching lists.
      name_key text not null generated always as (lower(normalize(name, NFKC))) stored,
      search_key text not null generated always as
        (lower(normalize(username || ' ' || name || ' ' || coalesce(mail, ''), NFKC))) stored,
      role text not null default 'user' check (role in ('user', 'accountant', 'superuser', 'support')),
      language text,
      status text not null default 'active' check (status in ('active', 'disabled')),
      -- Detects an edit that is based on an outdated row.
      version integer not null default 1,

      password_hash text not null,
      password_changed_at timestamptz not null,
      -- The next sign-in ends with choosing a new password.
      password_expired boolean not null default false,
      -- Until then the mailbox is not accepted as proof for a change of a factor: it has just proved a reset.
      mailbox_hold_until timestamptz,
      -- An administrator has entered the mail address: until then no password link is sent to it.
      links_held_until timestamptz,

      -- Sessions and tokens issued before this are invalid, wherever they are stored.
      valid_from timestamptz not null,
      created_at timestamptz not null,
      changed_at timestamptz not null,
      unique (home, office_id, username_key),
      primary key (home, id),
      foreign key (home, id) references subjects
    );
    create index users_name on users (home, office_id, name_key, id);
    -- Users whose password another system has hashed. It shrinks with every first sign-in.
    create index users_imported on users (home, office_id, split_part(password_hash, ':', 2))
      where password_hash like 'imported:%';
    ${rowsOfOffice("users")}
    grant select, insert, update, delete on users to vestibule_app;

    -- When a user last signed in; '-infinity': never. A separate table, so that a sign-in neither locks nor rewrites
    -- the user's row. What adds the sign-in to the audit log maintains it.
    create table last_sign_ins (
      home smallint not null,
      user_id uuid not null,
      office_id uuid not null references offices,
      at timestamptz not null,
      primary key (home, user_id),
      foreign key (home, user_id) references users on delete cascade
    );
    create index last_sign_ins_at on last_sign_ins (home, office_id, at, user_id);
    ${rowsOfOffice("last_sign_ins")}
    grant select, insert, update on last_sign_ins to vestibule_app;

    -- The offices in which a mail address has users, for "Which office code do I have?": only hashes and ids.
    create table mail_people (
      home smallint not null,
      user_id uuid not null,
      office_id uuid not null references offices,
      mail_hash bytea not null,
      primary key (home, user_id),
      foreign key (home, user_id) references users on delete cascade
    );
    create index mail_people_hash on mail_people (mail_hash);
    ${createFunctions("vestibule_mail")}
    ${rowsOfOffice("mail_people")}
    create policy mail_people_of_mail on mail_people for select using (mail_hash = vestibule_mail());
    grant select, insert, update, delete on mail_people to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("find_office_user", "find_account", "find_people_of_mail")}
    drop table mail_people, last_sign_ins, users, subjects;
    ${dropFunctions("vestibule_mail", "mail_hash")}
  `);
}
