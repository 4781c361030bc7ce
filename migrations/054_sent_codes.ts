import type { Knex } from "knex";
import { dropFunctions, rowsOfOffice } from "../src/platform/database/migration-sql.ts";

const KINDS = "'passkey', 'totp', 'sms', 'email'";
const KINDS_BEFORE = "'passkey', 'totp', 'sms'";

/**
 * Codes by email: one table holds the codes of every kind that sends some. A code is good for five minutes, so that those of the old table
 * are not taken over: their users ask for another one.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function if exists send_text_code;
    delete from sql_functions where name = 'send_text_code';
    drop table sms_codes;
    -- One row per kind, sign-in, user and purpose, so that loading a page ten times sends one message. Binding and code are
    -- keyed hashes; a newer code replaces the row, so that the older one is invalid.
    create table sent_codes (
      home smallint not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      kind text not null check (kind in ('sms', 'email')),
      binding bytea not null,
      purpose text not null check (purpose in ('sign-in', 'enrol')),
      -- A mobile number (E.164), or an email address.
      sent_to text not null,
      hash bytea not null,
      sends integer not null,
      sent_at timestamptz not null,
      resend_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz,
      message_id uuid,
      -- Keyed hashes of the codes that this one has taken the place of.
      superseded bytea[],
      primary key (home, user_id, kind, binding, purpose),
      foreign key (home, user_id) references users on delete cascade
    );
    create index sent_codes_sent_at on sent_codes (home, office_id, sent_at);
    ${rowsOfOffice("sent_codes")}
    grant select, insert, update, delete on sent_codes to vestibule_app;

    ${kindsAre(KINDS)}
    -- Whether a mailed link sets the password also of users whose codes go to the same mailbox.
    alter table offices add column is_mailbox_enough boolean not null default false;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("confirmed_address", "count_message")}
    drop table sent_codes;
    create table sms_codes (
      home smallint not null,
      office_id uuid not null references offices,
      user_id uuid not null,
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
      superseded bytea[],
      primary key (home, user_id, binding, purpose),
      foreign key (home, user_id) references users on delete cascade
    );
    create index sms_codes_sent_at on sms_codes (home, office_id, sent_at);
    ${rowsOfOffice("sms_codes")}
    grant select, insert, update, delete on sms_codes to vestibule_app;

    delete from factors where kind = 'email';
    update offices set second_factor_methods = array_remove(second_factor_methods, 'email')
      where second_factor_methods <> array['email'];
    update offices set second_factor_methods = array['totp'] where second_factor_methods = array['email'];
    ${kindsAre(KINDS_BEFORE)}
    alter table offices drop column is_mailbox_enough;
  `);
}

const kindsAre = (kinds: string): string => `
    alter table factors drop constraint factors_kind_check;
    alter table factors add constraint factors_kind_check check (kind in (${kinds}));
    alter table offices drop constraint offices_second_factor_methods_check;
    alter table offices add constraint offices_second_factor_methods_check
      check (cardinality(second_factor_methods) > 0 and second_factor_methods <@ array[${kinds}]::text[]);`;
