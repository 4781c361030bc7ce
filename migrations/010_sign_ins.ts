import type { Knex } from "knex";
import { atHome, dropFunctions } from "../src/platform/database/migration-sql.ts";

/** Rows that belong to a browser and to no office: open sign-ins, and forms that wait for a step-up. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The state of the journey. A row begins with the first fact. Office and user are those that the password proved, never
    -- those that a later form names.
    create table sign_ins (
      home smallint not null,
      id bytea not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      application_id text,
      facts jsonb not null,
      created_at timestamptz not null,
      finished_at timestamptz,
      -- What the protocol gets of a finished one: who has signed in, how and when.
      login json,
      expires_at timestamptz not null,
      primary key (home, id)
    );
    ${atHome("sign_ins")}
    create index sign_ins_id on sign_ins (id);
    create index sign_ins_expires on sign_ins (expires_at);

    -- What an administrator had typed in the console when a step-up was required. Found by a keyed hash of session,
    -- user and page, sealed, and deleted after minutes.
    create table console_drafts (
      home smallint not null,
      id bytea not null,
      sealed bytea not null,
      expires_at timestamptz not null,
      primary key (home, id)
    );
    create index console_drafts_expires on console_drafts (expires_at);
    grant select, insert, update, delete on sign_ins, console_drafts to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("find_sign_in", "find_sign_in_state", "begin_sign_in", "end_sign_in", "advance_sign_in")}
    ${dropFunctions("give_back_code_of", "report_new_browser")}
    drop table console_drafts, sign_ins;
  `);
}
