import type { Knex } from "knex";
import { dropFunctions, rowsOfOffice } from "../src/platform/database/migration-sql.ts";

/** Rate limits, and the links for choosing a password. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Everything with a limit per time: passwords, mails, client secrets, user codes, text messages.
    -- scope: what is counted. Keys are keyed hashes: of an account (also one that does not exist), an address, a number.
    create table rate_limits (
      -- The first 15 bits of the key.
      home smallint not null check (home = get_byte(key, 0) * 128 + get_byte(key, 1) / 2),
      scope text not null,
      key bytea not null,
      -- 0, or one of the lanes of a counter that many people share: only their sum means something then.
      lane smallint not null default 0 check (lane between 0 and 16),
      used integer not null,
      -- Tries that were counted and are not checked yet; a part of used.
      pending integer not null default 0,
      -- Marks of the last incorrect tries: repeating the same one counts once.
      recent integer[] not null default '{}',
      -- Whether the audit log already has the stop of this window.
      reported boolean not null default false,
      window_ends timestamptz not null,
      primary key (home, scope, key, lane)
    );
    create index rate_limits_window_ends on rate_limits (window_ends);
    grant select, insert, update, delete on rate_limits to vestibule_app;

    -- The kinds of imported hashes that users may still have, each by its slowest: a wrong password takes that long, whatever
    -- office it was typed for.
    create table password_kinds (
      kind text primary key,
      dummy text not null,
      milliseconds integer not null,
      imported_at timestamptz not null
    );
    grant select, insert, update, delete on password_kinds to vestibule_app;

    -- The browsers that are familiar to an account.
    create table familiar_browsers (
      home smallint not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      browser bytea not null,
      expires_at timestamptz not null,
      primary key (home, user_id, browser),
      foreign key (home, user_id) references users on delete cascade
    );
    ${rowsOfOffice("familiar_browsers")}
    grant select, insert, update, delete on familiar_browsers to vestibule_app;

    -- A link is found by a keyed hash of its purpose, office and token, so a copy of this table contains no usable link.
    create table one_time_links (
      home smallint not null,
      hash bytea not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      purpose text not null check (purpose in ('password-reset', 'invitation', 'mail-change', 'not-me')),
      -- Whether a user has at most one link of this purpose: a newer one replaces the row.
      newest_only boolean not null,
      data jsonb not null,
      made_at timestamptz not null,
      ends_at timestamptz not null,
      spent_at timestamptz,
      primary key (home, hash),
      foreign key (home, user_id) references users on delete cascade
    );
    create unique index one_time_links_newest on one_time_links (home, user_id, purpose) where newest_only;
    create index one_time_links_user on one_time_links (home, user_id);
    ${rowsOfOffice("one_time_links")}
    grant select, insert, update, delete on one_time_links to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("find_sign_in_candidate", "try_password", "add_familiar_browser")}
    ${dropFunctions("rate_limit_reserve", "rate_limit_take", "rate_limit_add_lane", "rate_limit_settle")}
    ${dropFunctions("rate_limit_give_back", "rate_limit_succeed", "rate_limit_fail")}
    drop table one_time_links, familiar_browsers, password_kinds, rate_limits;
  `);
}
