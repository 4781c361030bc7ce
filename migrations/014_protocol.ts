import type { Knex } from "knex";

/** Secrets that overlap, resource servers by name, and signing keys that are published before they are used. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table applications
      add column old_secret_hash bytea,
      add column old_secret_ends_at timestamptz,
      add constraint applications_old_secret check ((old_secret_hash is null) = (old_secret_ends_at is null));
    -- Two resource servers of one name could look at each other's tokens.
    create unique index applications_resource on applications ((settings ->> 'resourceIdentifier'))
      where settings ->> 'resourceIdentifier' is not null;

    -- A key signs from used_from on, until a newer one of its algorithm does; the state follows from the clock.
    alter table signing_keys add column used_from timestamptz;
    update signing_keys set used_from = created_at;
    alter table signing_keys alter column used_from set not null;
    alter table signing_keys drop column state;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table signing_keys add column state text;
    update signing_keys set state = case when expires_at is null then 'current' else 'retired' end;
    alter table signing_keys alter column state set not null, drop column used_from;
    drop index applications_resource;
    alter table applications drop column old_secret_hash, drop column old_secret_ends_at;
  `);
}
