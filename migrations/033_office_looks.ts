import type { Knex } from "knex";
import { atHome, dropFunctions } from "../src/platform/database/migration-sql.ts";

/** Servers of the release before, whose newest migration this is, work with it. */
export const worksWith = "025_application_refusals.ts";

/**
 * What an office shows on its pages: an uploaded logo, a text for its users and links to legal pages. And what happened on each day,
 * counted, for the charts of the overviews.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(DAYS);
  await knex.raw(`
    alter table offices
      -- A text of the sign-in page, by language.
      add column welcome jsonb not null default '{}' check (jsonb_typeof(welcome) = 'object'),
      -- Addresses of the pages privacy, terms and imprint.
      add column legal jsonb not null default '{}' check (jsonb_typeof(legal) = 'object');

    -- The logo in use, and one that was uploaded and is looked at before it is used.
    create table office_logos (
      home smallint not null,
      office_id uuid not null references offices on delete cascade,
      state text not null check (state in ('current', 'draft')),
      -- The random part of its address; a draft has none.
      token text check (token ~ '^[A-Za-z0-9_-]{22}$'),
      -- The part of its address that changes with the content.
      mark text not null check (mark ~ '^[A-Za-z0-9_-]{10}$'),
      type text not null check (type in ('png', 'jpeg', 'webp', 'svg')),
      width integer not null,
      height integer not null,
      content bytea not null check (octet_length(content) between 1 and 512000),
      added_at timestamptz not null,
      primary key (home, office_id, state),
      check ((state = 'current') = (token is not null)),
      unique (home, token)
    );
    ${atHome("office_logos")}
    alter table office_logos enable row level security;
    alter table office_logos force row level security;
    -- Every visitor of a sign-in page may see the logo in use; a draft is for its own office.
    create policy office_logos_in_use on office_logos for select using (state = 'current');
    create policy office_logos_of_office on office_logos
      using (office_id = vestibule_office()) with check (office_id = vestibule_office());
    grant select, insert, update, delete on office_logos to vestibule_app;
  `);
}

const DAYS = `
    -- How many events a chain has of each kind on a day (UTC). Counted when they are sealed, away from the sign-in that
    -- writes them, so that a chart of thirty days reads some hundred rows, not millions.
    create table audit_days (
      home smallint not null,
      chain uuid not null,
      day date not null,
      kind text not null check (kind in ('sign-in', 'refused', 'message', 'enrolled', 'alarm')),
      events integer not null check (events > 0),
      primary key (home, chain, day, kind)
    );
    ${atHome("audit_days", "chain")}
    create index audit_days_day on audit_days (day);
    -- Without FORCE, as audit_chains: the functions that count and sum work across offices, as their owner.
    alter table audit_days enable row level security;
    create policy audit_days_of_office on audit_days for select using (chain = vestibule_chain());
    grant select on audit_days to vestibule_app;

    -- For the overview of a large office: its users by state, who has set up a method lately, and codes that are used.
    create index users_counts on users (home, office_id, status, role, id);
    create index factors_enrolled on factors (home, office_id, confirmed_at, user_id);
    create index recovery_codes_used on recovery_codes (home, office_id, user_id) where used_at is not null;

    alter table audit_events no force row level security;
    alter table audit_seals no force row level security;
    insert into audit_days (chain, day, kind, events)
      select chain, day, kind, count(*) from (
        select s.chain, (e.at at time zone 'UTC')::date as day,
          case
            when e.outcome = 'alarm' then 'alarm'
            when e.type = 'sign-in' and e.outcome = 'ok' then 'sign-in'
            when e.type in ('password.wrong', 'password.throttled', 'code.wrong', 'code.blocked') then 'refused'
            when e.type = 'sms.sent' then 'message'
            when e.type = 'factor.enrolled' then 'enrolled'
          end as kind
        from audit_events e join audit_seals s on s.event_id = e.id where e.at > now() - interval '31 days') counted
      where kind is not null group by 1, 2, 3;
    alter table audit_events force row level security;
    alter table audit_seals force row level security;
`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("audit_days_of_all", "offices_with_alarms", "audit_kind")}
    drop index users_counts, factors_enrolled, recovery_codes_used;
    drop table audit_days;
    drop table office_logos;
    alter table offices drop column welcome, drop column legal;
  `);
}
