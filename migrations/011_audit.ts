import type { Knex } from "knex";
import { atHome, createFunctions, dropFunctions } from "../src/platform/database/migration-sql.ts";

/**
 * Who did what to whom. A hash chain runs over the events of each office, and one over those without an office. The
 * application role reads events; it can insert, change or remove none. It adds them by a function that queues their seals,
 * and can have them sealed and old ones pruned, by two more; it cannot write the tables of the chains.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(EVENTS);
  await knex.raw(CHAINS);
  await knex.raw(ALARMS);
}

const EVENTS = `
    create table audit_events (
      home smallint not null,
      id bigint generated always as identity not null,
      at timestamptz not null,
      office_id uuid references offices,
      type text not null,
      outcome text not null check (outcome in ('ok', 'refused', 'alarm')),
      actor text not null,
      subject text,
      application_id text,
      address inet,
      request_id text,
      details jsonb not null default '{}',
      primary key (home, id)
    );
    ${atHome("audit_events")}
    create index audit_events_office on audit_events (home, office_id, id desc);

    -- The list reads the newest first, by any single filter, without sorting. Most of a log are an office's ordinary,
    -- successful events, so a filter by outcome looks for the others.
    create index audit_events_time on audit_events (home, office_id, at desc, id desc);
    create index audit_events_type on audit_events (home, office_id, type, at desc, id desc);
    create index audit_events_outcome on audit_events (home, office_id, outcome, at desc, id desc) where outcome <> 'ok';
    create index audit_events_actor on audit_events (home, actor, at desc, id desc)
      where actor not in ('visitor', 'vestibule', 'command line');
    create index audit_events_subject on audit_events (home, subject, at desc, id desc) where subject is not null;

    -- A user's own sign-ins on the account page, however many other events that user has.
    create index audit_events_history on audit_events (home, subject, id desc)
      where type in ('sign-in', 'password.wrong', 'password.throttled', 'code.wrong', 'code.blocked');
    -- What the overview of an office counts and shows.
    create index audit_events_sms on audit_events (home, office_id, at) where type = 'sms.sent';
    create index audit_events_important on audit_events (home, office_id, id desc)
      where outcome = 'alarm' or type in ('code.blocked', 'factor.reset', 'number.change-requested', 'number.removed',
        'office.changed', 'password.reset', 'user.disabled', 'users.imported', 'users.exported');

    alter table audit_events enable row level security;
    alter table audit_events force row level security;
    create policy audit_events_of_office on audit_events
      using (office_id is not distinct from vestibule_office())
      with check (office_id is not distinct from vestibule_office());
    grant select on audit_events to vestibule_app;
`;

const CHAINS = `
    ${createFunctions("vestibule_chain")}

    -- Events that are not sealed yet; an event and its row here are written in one transaction.
    create table audit_unsealed (
      home smallint not null,
      chain uuid not null,
      event_id bigint not null,
      primary key (home, chain, event_id)
    );

    ${atHome("audit_unsealed", "chain")}

    -- hash: SHA-256 of the previous hash and of the event's content. Names an event and outlives it: no foreign key.
    create table audit_seals (
      home smallint not null,
      chain uuid not null,
      position bigint not null,
      event_id bigint not null,
      hash bytea not null check (octet_length(hash) = 32),
      primary key (home, chain, position),
      unique (home, event_id)
    );

    ${atHome("audit_seals", "chain")}

    -- The end of each chain, and its checkpoint: events up to there were pruned, and the chain continues from its hash.
    create table audit_chains (
      home smallint not null,
      chain uuid not null,
      position bigint not null default 0,
      hash bytea not null default decode(repeat('00', 32), 'hex'),
      pruned_position bigint not null default 0,
      pruned_hash bytea not null default decode(repeat('00', 32), 'hex'),
      oldest_at timestamptz,
      primary key (home, chain)
    );
    ${atHome("audit_chains", "chain")}
    create index audit_chains_oldest on audit_chains (oldest_at);

    -- Without FORCE on the queue and the ends: unsealed_chains and chains_to_prune read across offices, as their owner.
    alter table audit_unsealed enable row level security;
    create policy audit_unsealed_of_office on audit_unsealed for select using (chain = vestibule_chain());
    alter table audit_chains enable row level security;
    create policy audit_chains_of_office on audit_chains for select using (chain = vestibule_chain());
    alter table audit_seals enable row level security;
    alter table audit_seals force row level security;
    create policy audit_seals_of_office on audit_seals using (chain = vestibule_chain()) with check (chain = vestibule_chain());
    grant select on audit_unsealed, audit_seals, audit_chains to vestibule_app;
`;

const ALARMS = `
    -- Alarms that no mail has reported yet: what happened, where and in which request; no name and no address.
    create table alarms_untold (
      home smallint not null,
      id bigint generated always as identity,
      at timestamptz not null,
      type text not null,
      office_code text,
      request_id text,
      primary key (home, id)
    );
    -- When the last mail about alarms was written; one row, which one process at a time advances.
    create table alarm_digest (
      only_row boolean primary key default true check (only_row),
      sent_at timestamptz not null default '-infinity'
    );
    insert into alarm_digest default values;
    grant select, delete on alarms_untold to vestibule_app;
    grant select, update on alarm_digest to vestibule_app;
`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("add_audit_events", "unsealed_chains", "seal_audit_events", "chains_to_prune", "prune_audit_events")}
    ${dropFunctions("audit_heads", "audit_content", "audit_part")}
    drop table alarm_digest, alarms_untold, audit_chains, audit_seals, audit_unsealed, audit_events;
    ${dropFunctions("vestibule_chain")}
  `);
}
