import type { Knex } from "knex";
import { rowsOfOffice } from "../src/platform/database/migration-sql.ts";

/** The mails before a second factor becomes required: how far each round of them has come. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table policy_notice_rounds (
      home smallint not null,
      office_id uuid not null references offices on delete cascade,
      -- The moment from which the second factor is required; another one begins its own rounds.
      policy_from timestamptz not null,
      days_before smallint not null check (days_before between 0 and 14),
      -- Users up to this id were looked at; null at the beginning.
      last_user uuid,
      mails integer not null default 0,
      -- Users who have no confirmed address.
      unreachable integer not null default 0,
      finished_at timestamptz,
      primary key (home, office_id, policy_from, days_before)
    );
    ${rowsOfOffice("policy_notice_rounds")}
    grant select, insert, update on policy_notice_rounds to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop table policy_notice_rounds;");
}
