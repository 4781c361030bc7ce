import type { Knex } from "knex";

/** Requests of the management API that were sent with an Idempotency-Key. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table api_requests (
      home smallint not null,
      -- A keyed hash of the application and the key.
      id bytea not null,
      -- A keyed hash of everything that the request says.
      fingerprint bytea not null,
      -- The answer, encrypted; null: it is being worked on.
      sealed bytea,
      begun_at timestamptz not null,
      expires_at timestamptz not null,
      primary key (home, id)
    );
    create index api_requests_expires on api_requests (expires_at);
    grant select, insert, update, delete on api_requests to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop table api_requests;");
}
