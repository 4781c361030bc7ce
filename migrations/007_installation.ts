import type { Knex } from "knex";

/** Signing keys, the mark of the secrets that belong to this database, and the development outbox. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table installation (
      only_one boolean primary key default true check (only_one),
      secrets_mark bytea not null,
      created_at timestamptz not null
    );
    create table signing_keys (
      id text primary key,
      algorithm text not null,
      state text not null check (state in ('current', 'retired')),
      public_jwk jsonb not null,
      sealed_private_jwk bytea not null,
      created_at timestamptz not null,
      expires_at timestamptz
    );
    create table outbox_messages (
      id bigint generated always as identity primary key,
      at timestamptz not null,
      channel text not null check (channel in ('mail', 'sms')),
      recipient text not null,
      subject text,
      body text not null
    );
    grant select, insert on installation to vestibule_app;
    grant select, insert, update, delete on signing_keys, outbox_messages to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table outbox_messages; drop table signing_keys; drop table installation;`);
}
