import type { Knex } from "knex";

/** What oidc-provider keeps: grants, sessions, interactions, codes, tokens. One row each, found by a keyed hash of its id. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table engine_models (
      kind smallint not null,
      id bytea not null,
      payload json not null,
      grant_id text,
      account_id uuid,
      application_id text,
      uid text,
      consumed_at timestamptz,
      saved_at timestamptz not null,
      expires_at timestamptz not null,
      primary key (kind, id)
    ) with (fillfactor = 90);
    create index engine_models_grant on engine_models (grant_id) where grant_id is not null;
    create index engine_models_uid on engine_models (uid) where uid is not null;
    -- Grants (0), sessions (1) and refresh tokens (5) are listed and ended by person; the short-lived rest is not.
    create index engine_models_account on engine_models (account_id) where account_id is not null and kind in (0, 1, 5);
    create index engine_models_expires on engine_models (expires_at);
    grant select, insert, update, delete on engine_models to vestibule_app;

    -- A model with its grant and its account, in one round trip. Kind 0 is the grant; its id is no credential and not hashed.
    create function find_engine_model(p_kind smallint, p_id bytea)
    returns table (payload json, consumed_at timestamptz, saved_at timestamptz, grant_payload json, account json)
    language plpgsql as $$
    declare
      found_grant text;
      found_account uuid;
    begin
      select m.payload, m.consumed_at, m.saved_at, m.grant_id, m.account_id
        into payload, consumed_at, saved_at, found_grant, found_account
        from engine_models m where m.kind = p_kind and m.id = p_id;
      if not found then
        return;
      end if;
      if found_grant is not null then
        select g.payload into grant_payload from engine_models g
          where g.kind = 0 and g.id = convert_to(found_grant, 'UTF8');
      end if;
      if found_account is not null then
        account := find_account(found_account);
      end if;
      return next;
    end $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop function find_engine_model(smallint, bytea); drop table engine_models;`);
}
