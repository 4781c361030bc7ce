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
    -- Each of the two policies has its own rounds of mails, also where both begin on one day.
    alter table policy_notice_rounds
      add column policy text not null default 'second-factor'
        constraint policy_notice_rounds_policy_check check (policy in ('second-factor', 'phishing-resistance')),
      drop constraint policy_notice_rounds_pkey,
      add primary key (home, office_id, policy_from, policy, days_before);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from policy_notice_rounds where policy <> 'second-factor';
    alter table policy_notice_rounds
      drop constraint policy_notice_rounds_pkey,
      add primary key (home, office_id, policy_from, days_before),
      drop column policy;
    alter table offices
      drop constraint offices_resistant_since_check,
      drop constraint offices_resistant_method_check,
      drop column resistant_users, drop column resistant_from, drop column resistant_since;
  `);
}
