import type { Knex } from "knex";
import { dropFunctions, rowsOfOffice } from "../src/platform/database/migration-sql.ts";

/** Second factors: what users have enrolled, the guard of their codes, how they are reset, and trusted browsers. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table factors (
      home smallint not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      kind text not null check (kind in ('totp', 'sms')),
      sealed_secret bytea,
      -- The time step of the last used code; a code of this step or an earlier one is refused.
      last_step bigint not null default 0,
      -- How long its codes are; the key has this too, and is sealed. Imported apps may have longer ones.
      code_digits smallint not null default 6 check (code_digits between 6 and 8),
      confirmed_at timestamptz not null,
      primary key (home, user_id, kind),
      foreign key (home, user_id) references users on delete cascade
    );
    -- An office's counts read only its own rows, by an index-only scan.
    create index factors_office on factors (home, office_id, user_id, kind);
    ${rowsOfOffice("factors")}
    grant select, insert, update, delete on factors to vestibule_app;

    -- One salt per user, so that one slow hash is compared with all six.
    create table recovery_code_sets (
      home smallint not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      salt bytea not null,
      made_at timestamptz not null,
      primary key (home, user_id),
      foreign key (home, user_id) references users on delete cascade
    );
    create index recovery_code_sets_office on recovery_code_sets (home, office_id, user_id);
    ${rowsOfOffice("recovery_code_sets")}

    create table recovery_codes (
      home smallint not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      hash bytea not null,
      used_at timestamptz,
      primary key (home, user_id, hash),
      foreign key (home, user_id) references recovery_code_sets on delete cascade
    );
    create index recovery_codes_left on recovery_codes (home, office_id, user_id) where used_at is null;
    ${rowsOfOffice("recovery_codes")}
    grant select, insert, update, delete on recovery_code_sets, recovery_codes to vestibule_app;

    -- The time in which a user without a confirmed factor may enrol one with the password alone. Without a row it runs
    -- from the user's creation or the office's decision, whichever is later.
    create table enrolment_windows (
      home smallint not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      opened_at timestamptz not null,
      ends_at timestamptz not null,
      code_hash bytea,
      code_ends_at timestamptz,
      primary key (home, user_id),
      foreign key (home, user_id) references users on delete cascade
    );
    ${rowsOfOffice("enrolment_windows")}
    grant select, insert, update, delete on enrolment_windows to vestibule_app;

    -- The one counter of a user's incorrect second-factor codes.
    create table second_factor_guard (
      home smallint not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      strikes integer not null default 0,
      spent integer not null default 0,
      blocked_until timestamptz,
      lifts integer not null default 0,
      lifts_since timestamptz,
      -- Tries that were reserved and are not checked yet, so that one with a correct code can be given back. Each is the
      -- form (16 bytes, keyed hash) and the try (8 bytes, random), all of the current round.
      in_hand bytea[] not null default '{}',
      in_hand_at timestamptz,
      -- The last checked form that was incorrect, for a second submission of it that waits for the result.
      wrong_form bytea,
      wrong_as text,
      primary key (home, office_id, user_id),
      foreign key (home, user_id) references users on delete cascade
    );
    ${rowsOfOffice("second_factor_guard")}
    grant select, insert, update, delete on second_factor_guard to vestibule_app;

    -- Resets of a second factor that need two members of support: one asks, another approves.
    create table reset_requests (
      home smallint not null,
      id uuid not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      reason text not null,
      requested_by uuid not null,
      requested_at timestamptz not null,
      ends_at timestamptz not null,
      state text not null default 'open' check (state in ('open', 'approved', 'cancelled')),
      decided_by uuid,
      decided_at timestamptz,
      check ((state = 'open') = (decided_at is null)),
      -- Two different users, enforced also for statements from outside Vestibule.
      check (state <> 'approved' or decided_by <> requested_by),
      primary key (home, id),
      foreign key (home, user_id) references users on delete cascade
    );
    create unique index reset_requests_open on reset_requests (home, user_id) where state = 'open';
    ${rowsOfOffice("reset_requests")}
    -- Only find_waiting_resets sets this, for its own read.
    create policy reset_requests_of_support on reset_requests for select
      using (state = 'open' and current_setting('vestibule.support_desk', true) = 'yes');
    grant select, insert, update, delete on reset_requests to vestibule_app;

    -- Browsers that need no code. One is found by a keyed hash of its cookie's token, so a copy of this table is no use.
    create table trusted_browsers (
      home smallint not null,
      id uuid not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      hash bytea not null,
      device json not null,
      trusted_at timestamptz not null,
      used_at timestamptz not null,
      ends_at timestamptz not null,
      primary key (home, id),
      unique (home, hash),
      foreign key (home, user_id) references users on delete cascade
    );
    create index trusted_browsers_user on trusted_browsers (home, user_id);
    ${rowsOfOffice("trusted_browsers")}
    grant select, insert, update, delete on trusted_browsers to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("is_browser_trusted", "list_trusted_browsers", "trusted_browsers_of", "end_trust", "reserve_code", "give_back_code", "stored_code", "spend_code")}
    drop function if exists find_waiting_resets;
    drop table trusted_browsers, reset_requests, second_factor_guard, enrolment_windows, recovery_codes,
      recovery_code_sets, factors;
  `);
}
