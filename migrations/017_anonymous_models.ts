import type { Knex } from "knex";

/** What requests without a signed-in user leave behind is counted by network address, so that one address cannot fill the table. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A keyed hash of the network address that began a sign-in, pushed a request or asked for a device code. Null once a user
    -- has signed in with it.
    alter table oidc_models add column network bytea;
    create index oidc_models_network on oidc_models (network, kind, saved_at) where network is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("alter table oidc_models drop column network;");
}
