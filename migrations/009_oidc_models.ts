import type { Knex } from "knex";
import { dropFunctions } from "../src/platform/database/migration-sql.ts";

/** What oidc-provider stores: grants, sessions, interactions, codes, tokens. One row each, found by a keyed hash of its id. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table oidc_models (
      -- The home that the id has at its front, before it is hashed.
      home smallint not null,
      kind smallint not null,
      id bytea not null,
      payload json not null,
      grant_id text,
      account_id uuid,
      application_id text,
      -- For a session its uid, for a device code the keyed hash of its user code.
      uid text,
      -- When a device last polled (RFC 8628 section 3.5).
      polled_at timestamptz,
      consumed_at timestamptz,
      saved_at timestamptz not null,
      expires_at timestamptz not null,
      primary key (home, kind, id)
    ) with (fillfactor = 90);
    create index oidc_models_grant on oidc_models (home, grant_id) where grant_id is not null;
    create index oidc_models_uid on oidc_models (uid) where uid is not null;
    -- Grants (0), sessions (1) and refresh tokens (5) are listed and ended by user; the short-lived rest is not.
    create index oidc_models_account on oidc_models (home, account_id) where account_id is not null and kind in (0, 1, 5);
    create index oidc_models_expires on oidc_models (expires_at);
    grant select, insert, update, delete on oidc_models to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("find_oidc_model", "end_sessions", "notify_signed_out")}
    drop table oidc_models;
  `);
}
