import type { Knex } from "knex";
import { dropFunctions, rowsOfOffice } from "../src/platform/database/migration-sql.ts";

/** Passkeys (WebAuthn): a kind of factor of which a user may have several. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table factors drop constraint factors_kind_check;
    alter table factors add constraint factors_kind_check check (kind in ('passkey', 'totp', 'sms'));
    alter table offices drop constraint offices_second_factor_methods_check;
    alter table offices add constraint offices_second_factor_methods_check 
      check (cardinality(second_factor_methods) > 0 and second_factor_methods <@ '{passkey,totp,sms}');
    -- When it was proved last, so that a user with several kinds is asked for the usual one first.
    alter table factors add column used_at timestamptz;

    -- The user handle of WebAuthn: random, so that an authenticator that is read by others says nothing of the user.
    create table passkey_handles (
      home smallint not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      handle bytea not null,
      primary key (home, user_id),
      unique (home, handle),
      foreign key (home, user_id) references users on delete cascade
    );
    ${rowsOfOffice("passkey_handles")}

    create table passkeys (
      home smallint not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      -- The credential id, as the authenticator chose it.
      id bytea not null check (octet_length(id) between 1 and 1023),
      -- In the form of COSE.
      public_key bytea not null,
      counter bigint not null,
      -- Whether it can be on several devices (backup eligible).
      is_synced boolean not null,
      transports text[] not null,
      -- The model of the authenticator, from which its first name comes.
      aaguid uuid not null,
      -- Null until the user gives one.
      name text check (char_length(name) between 1 and 60),
      added_at timestamptz not null,
      used_at timestamptz,
      primary key (home, user_id, id),
      -- No two users of a home have the same one (WebAuthn section 7.1).
      unique (home, id),
      foreign key (home, user_id) references users on delete cascade
    );
    ${rowsOfOffice("passkeys")}

    -- What an authenticator has to sign: for one user, one purpose and one sign-in or session. The try that reads it deletes it.
    create table passkey_challenges (
      home smallint not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      purpose text not null check (purpose in ('sign-in', 'enrol')),
      slot bytea not null,
      challenge bytea not null,
      ends_at timestamptz not null,
      primary key (home, user_id, purpose, slot),
      foreign key (home, user_id) references users on delete cascade
    );
    ${rowsOfOffice("passkey_challenges")}
    grant select, insert, update, delete on passkey_handles, passkeys, passkey_challenges to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("open_passkey_challenge")}
    drop table passkey_challenges, passkeys, passkey_handles;
    delete from factors where kind = 'passkey';
    update offices set second_factor_methods = array_remove(second_factor_methods, 'passkey')
      where second_factor_methods <> array['passkey'];
    update offices set second_factor_methods = array['totp'] where second_factor_methods = array['passkey'];
    alter table offices drop constraint offices_second_factor_methods_check;
    alter table offices add constraint offices_second_factor_methods_check 
      check (cardinality(second_factor_methods) > 0 and second_factor_methods <@ '{totp,sms}');
    alter table factors drop column used_at;
    alter table factors drop constraint factors_kind_check;
    alter table factors add constraint factors_kind_check check (kind in ('totp', 'sms'));
  `);
}
