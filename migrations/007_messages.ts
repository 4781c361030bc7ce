import type { Knex } from "knex";
import { atHome } from "../src/platform/database/migration-sql.ts";
import { dropFunctions } from "../src/platform/database/migration-sql.ts";

/** Mails and text messages: what to send and its state, and the jobs that send it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Recipient and text are sealed, and deleted when they are no longer needed.
    create table messages (
      home smallint not null,
      id uuid not null,
      office_id uuid references offices,
      channel text not null check (channel in ('mail', 'sms')),
      state text not null check (state in
        ('waiting', 'sending', 'sent', 'delivered', 'refused', 'failed', 'unknown', 'expired')),
      sealed_content bytea,
      attempts integer not null default 0,
      -- Not tried before this.
      due_at timestamptz not null,
      claimed_at timestamptz,
      until timestamptz not null,
      reason text,
      made_at timestamptz not null,
      state_at timestamptz not null,
      primary key (home, id)
    );
    ${atHome("messages")}
    alter table messages enable row level security;
    alter table messages force row level security;
    create policy messages_of_office on messages
      using (office_id is not distinct from vestibule_office())
      with check (office_id is not distinct from vestibule_office());

    -- Maps a delivery receipt, which names no office, to the message's office; holds no data about a user.
    create table message_directory (
      home smallint not null,
      id uuid not null,
      office_id uuid references offices,
      provider_id text,
      made_at timestamptz not null,
      primary key (home, id)
    );
    ${atHome("message_directory")}
    create index message_directory_provider on message_directory (provider_id) where provider_id is not null;
    create index message_directory_made on message_directory (made_at);
    grant select, insert, update, delete on messages, message_directory to vestibule_app;

    -- Messages that development shows on its outbox page instead of sending.
    create table outbox_messages (
      id bigint generated always as identity primary key,
      at timestamptz not null,
      channel text not null check (channel in ('mail', 'sms')),
      recipient text not null,
      subject text,
      body text not null
    );
    grant select, insert, update, delete on outbox_messages to vestibule_app;

    -- What workers have to do. Ids only, because it is not encrypted; a finished job is deleted.
    create table jobs (
      home smallint not null,
      id uuid not null,
      queue text not null,
      data jsonb not null,
      -- No worker takes it before this. A worker that takes it moves it to the end of its claim.
      due_at timestamptz not null default now(),
      -- Null while it waits.
      claimed_at timestamptz,
      -- Claims so far.
      attempts integer not null default 0,
      primary key (home, id),
      constraint jobs_home check (home = home_of(id))
    );
    -- A claim takes jobs of one lane.
    create index jobs_due on jobs (queue, (home % 8), due_at);
    grant select, insert, update, delete on jobs to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("claim_jobs", "add_message", "send_code")}
    drop table jobs, outbox_messages, message_directory, messages;
  `);
}
