import type { Knex } from "knex";
import { rowsOfOffice } from "../src/platform/database/migration-sql.ts";

/** Users who have not said yet that they have saved their recovery codes. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A new factor asks for codes, which are made when their page is opened. A row ends when the user ticks the box there.
    create table unsaved_recovery_codes (
      home smallint not null,
      office_id uuid not null references offices,
      user_id uuid not null,
      -- Null until the codes are made: they are shown once.
      shown_at timestamptz,
      primary key (home, user_id),
      foreign key (home, user_id) references users on delete cascade
    );
    ${rowsOfOffice("unsaved_recovery_codes")}
    grant select, insert, update, delete on unsaved_recovery_codes to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop table unsaved_recovery_codes;");
}
