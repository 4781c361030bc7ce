import type { Knex } from "knex";

/** The models of passkeys that an office accepts, and what is known of models: the last file of metadata that was taken. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Null: any model.
    alter table offices add column passkey_models uuid[]
      constraint offices_passkey_models_check check (cardinality(passkey_models) between 1 and 200);

    -- Of the installation, and the same for all offices: read when a passkey is set up where models are listed.
    create table authenticator_models (
      aaguid uuid primary key,
      name text not null,
      -- DER: where the certificates of its attestation lead to.
      roots bytea[] not null,
      -- The status for which no passkey of it is accepted.
      refused_for text
    );

    create table authenticator_metadata (
      is_only boolean primary key default true check (is_only),
      -- Of the roots that the file was verified with: another signer counts its files in another way.
      signer text not null,
      number integer not null,
      next_update date not null,
      loaded_at timestamptz not null
    );
    grant select, insert, update, delete on authenticator_models, authenticator_metadata to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table authenticator_metadata, authenticator_models;
    alter table offices drop column passkey_models;
  `);
}
