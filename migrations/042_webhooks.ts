import type { Knex } from "knex";
import { atHome, dropFunctions } from "../src/platform/database/migration-sql.ts";

/** Addresses that events are sent to, and what was sent. Functions for workers find them across offices, so FORCE is left out. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(WEBHOOKS);
  await knex.raw(DELIVERIES);
}

const WEBHOOKS = `
    create table webhooks (
      home smallint not null,
      id uuid not null,
      -- Null: for events of no office.
      office_id uuid references offices,
      name text not null,
      url text not null,
      -- Names of event types; none for all.
      types text[] not null,
      -- JSON of the current secret, and of the one before while it still signs; encrypted.
      sealed bytea not null,
      -- failed: every try has failed for days.
      state text not null default 'on' check (state in ('on', 'off', 'failed')),
      -- Since when no try has succeeded; null: the last one has.
      failing_since timestamptz,
      -- Up to where the chain of the office was read.
      position bigint not null,
      due_at timestamptz not null default now(),
      claimed_until timestamptz,
      -- Counts claims, so that a worker that comes back late changes nothing.
      claim integer not null default 0,
      created_at timestamptz not null,
      primary key (home, id)
    );
    ${atHome("webhooks")}
    create index webhooks_office on webhooks (home, office_id);
    create index webhooks_due on webhooks (due_at) where state = 'on';
    alter table webhooks enable row level security;
    create policy webhooks_of_office on webhooks using (office_id is not distinct from vestibule_office())
      with check (office_id is not distinct from vestibule_office());
    grant select, insert, update, delete on webhooks to vestibule_app;
`;

const DELIVERIES = `
    create table webhook_deliveries (
      home smallint not null,
      id uuid not null,
      office_id uuid references offices,
      webhook_id uuid not null,
      -- Of the event in its chain; null for a test.
      position bigint,
      event_id text not null,
      type text not null,
      -- Events of one subject keep their order.
      subject text not null,
      state text not null default 'waiting' check (state in ('waiting', 'delivered', 'given-up')),
      attempts integer not null default 0,
      added_at timestamptz not null default now(),
      due_at timestamptz not null default now(),
      -- Of the last try; without a status there was no answer.
      tried_at timestamptz,
      status smallint,
      duration_ms integer,
      fault text,
      primary key (home, id),
      unique (home, webhook_id, position),
      foreign key (home, webhook_id) references webhooks (home, id) on delete cascade
    );
    ${atHome("webhook_deliveries")}
    create index webhook_deliveries_waiting on webhook_deliveries (home, webhook_id, subject, position) where state = 'waiting';
    create index webhook_deliveries_log on webhook_deliveries (home, webhook_id, added_at desc, id desc);
    alter table webhook_deliveries enable row level security;
    alter table webhook_deliveries force row level security;
    create policy webhook_deliveries_of_office on webhook_deliveries using (office_id is not distinct from vestibule_office())
      with check (office_id is not distinct from vestibule_office());
    grant select, insert, update, delete on webhook_deliveries to vestibule_app;
`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("due_webhook_lanes")}
    drop table webhook_deliveries;
    drop table webhooks;
  `);
}
