import type { Knex } from "knex";
import { dropFunctions } from "../src/platform/database/migration-sql.ts";

/** Offices in which a passkey takes the place of the password too. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table offices add column is_passwordless boolean not null default false;
    -- Challenges of sign-ins that begin with a passkey are not stored; a used one is, so that it is good once.
    alter table passkey_challenges drop constraint passkey_challenges_purpose_check;
    alter table passkey_challenges add constraint passkey_challenges_purpose_check
      check (purpose in ('sign-in', 'enrol', 'used'));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("find_passkey_user", "use_passkey", "begin_sign_in_by_passkey")}
    delete from passkey_challenges where purpose = 'used';
    alter table passkey_challenges drop constraint passkey_challenges_purpose_check;
    alter table passkey_challenges add constraint passkey_challenges_purpose_check check (purpose in ('sign-in', 'enrol'));
    alter table offices drop column is_passwordless;
  `);
}
