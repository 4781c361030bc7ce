import type { Knex } from "knex";

/** Offices that demand a factor that resists phishing: of whom, from when, and when that was decided. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table offices
      add column resistant_users text not null default 'none'
        constraint offices_resistant_users_check check (resistant_users in ('none', 'superusers', 'accountants', 'all')),
      add column resistant_from timestamptz,
      add column resistant_since timestamptz,
      -- Nothing else resists phishing: no user could meet the demand.
      add constraint offices_resistant_method_check
        check (resistant_users = 'none' or 'passkey' = any(second_factor_methods)),
      add constraint offices_resistant_since_check check ((resistant_users = 'none') = (resistant_since is null));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table offices
      drop constraint offices_resistant_since_check,
      drop constraint offices_resistant_method_check,
      drop column resistant_users, drop column resistant_from, drop column resistant_since;
  `);
}
