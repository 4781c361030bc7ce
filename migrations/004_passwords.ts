import type { Knex } from "knex";
import { dropFunctions, rowsOfOffice } from "../src/platform/database/migration-sql.ts";

/** The guard against guessing passwords, and the links by which a password is chosen. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Counters of wrong passwords. Keys are keyed hashes: of an account (also one that does not exist), a network address,
    -- a browser, an office.
    create table password_guard (
      scope smallint not null,
      key bytea not null,
      tries integer not null,
      -- Tries that are counted before their password was looked at; a part of tries.
      pending integer not null default 0,
      window_ends timestamptz not null,
      recent integer[] not null default '{}',
      primary key (scope, key)
    );
    create index password_guard_window_ends on password_guard (window_ends);
    grant select, insert, update, delete on password_guard to vestibule_app;

    -- The browsers that an account is used to.
    create table familiar_browsers (
      office_id uuid not null references offices,
      user_id uuid not null references users on delete cascade,
      browser bytea not null,
      expires_at timestamptz not null,
      primary key (user_id, browser)
    );
    ${rowsOfOffice("familiar_browsers")}
    grant select, insert, update, delete on familiar_browsers to vestibule_app;

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
    ${rowsOfOffice("one_time_links")}
    grant select, insert, update, delete on one_time_links to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("is_password_expired", "find_sign_in_candidate")}
    drop table one_time_links, familiar_browsers, password_guard;
  `);
}
