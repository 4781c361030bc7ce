import type { Knex } from "knex";
import { rowsOfOffice } from "../src/platform/database/migration-sql.ts";

/** Mobile numbers, the codes that are sent to them, and the counters that limit what is sent. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A user without a row has no number. A change waits beside the confirmed number until the office approves it.
    create table mobile_numbers (
      home smallint not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      number text not null check (number ~ '^[+][0-9]{7,15}$'),
      state text not null check (state in ('unconfirmed', 'confirmed')),
      entered_by text not null check (entered_by in ('user', 'administrator')),
      changed_at timestamptz not null,
      pending_number text check (pending_number ~ '^[+][0-9]{7,15}$'),
      pending_at timestamptz,
      -- The channels on which the request for another number was reported.
      pending_told text[] not null default '{}' check (pending_told <@ array['mail', 'phone']),
      -- After "this was not me", requests are refused until then.
      requests_held_until timestamptz,
      check ((pending_number is null) = (pending_at is null)),
      check (pending_number is null or state = 'confirmed'),
      primary key (home, user_id),
      foreign key (home, user_id) references users on delete cascade
    );
    create index mobile_numbers_pending on mobile_numbers (home, office_id, user_id) where pending_number is not null;
    ${rowsOfOffice("mobile_numbers")}
    grant select, insert, update, delete on mobile_numbers to vestibule_app;

    -- One row per sign-in, user and purpose, so that loading a page ten times sends one message. Binding and code are
    -- keyed hashes; a newer code replaces the row, so that the older one is invalid.
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
      primary key (home, user_id, binding, purpose),
      foreign key (home, user_id) references users on delete cascade
    );
    create index sms_codes_sent_at on sms_codes (home, office_id, sent_at);
    ${rowsOfOffice("sms_codes")}
    grant select, insert, update, delete on sms_codes to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table sms_codes, mobile_numbers;`);
}
