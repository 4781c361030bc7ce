import type { Knex } from "knex";
import { rowsOfOffice } from "../src/platform/database/migration-sql.ts";

/** SCIM: tokens of directories, what a directory keeps of a user, and the last requests that were refused. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table scim_tokens (
      home smallint not null,
      office_id uuid not null references offices,
      -- A keyed hash.
      hash bytea not null,
      made_at timestamptz not null,
      -- Null for the current one; the one before is valid for a day.
      ends_at timestamptz,
      used_at timestamptz,
      primary key (home, office_id, hash)
    );
    create unique index scim_tokens_current on scim_tokens (home, office_id) where ends_at is null;
    ${rowsOfOffice("scim_tokens")}

    create table scim_users (
      home smallint not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      -- The directory's own name for the user.
      external_id text check (char_length(external_id) between 1 and 255),
      given_name text check (char_length(given_name) <= 200),
      family_name text check (char_length(family_name) <= 200),
      version integer not null default 1,
      primary key (home, user_id),
      unique (home, office_id, external_id),
      foreign key (home, user_id) references users on delete cascade
    );
    ${rowsOfOffice("scim_users")}

    create table scim_refusals (
      home smallint not null,
      office_id uuid not null references offices,
      id uuid not null,
      at timestamptz not null,
      method text not null,
      path text not null,
      status smallint not null,
      detail text not null,
      primary key (home, office_id, id)
    );
    ${rowsOfOffice("scim_refusals")}
    grant select, insert, update, delete on scim_tokens, scim_users, scim_refusals to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop table scim_refusals, scim_users, scim_tokens;");
}
