import type { Knex } from "knex";

/**
 * When a familiar browser last proved the password. One that proved an older password than the account has now shares a counter
 * with the others of its kind: an attacker who knew the old password may have many.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table familiar_browsers add column proved_at timestamptz;
    -- An owner who is no superuser would update no row: those of every office are hidden. In this transaction alone they are not.
    alter table familiar_browsers no force row level security;
    update familiar_browsers set proved_at = expires_at - interval '180 days';
    alter table familiar_browsers force row level security;
    alter table familiar_browsers alter column proved_at set not null;

    -- Has other arguments now, and is created again after the migrations. Servers of the release before cannot call it, so this
    -- migration is not marked as one that they work with.
    drop function if exists find_sign_in_candidate(text, text, bytea, timestamptz);
    delete from sql_functions where name = 'find_sign_in_candidate';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table familiar_browsers drop column proved_at;`);
}
