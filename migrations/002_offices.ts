import type { Knex } from "knex";

/** Offices, with what each requires of its users and allows them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table offices (
      id uuid primary key,
      code text not null,
      name text not null,
      status text not null default 'open' check (status in ('open', 'closed')),
      language text not null default 'en',
      logo_url text,
      accent text check (accent ~ '^#[0-9a-f]{6}$'),
      session_minutes integer check (session_minutes between 5 and 4320),

      second_factor text not null default 'off' check (second_factor in ('off', 'required')),
      second_factor_from timestamptz,
      second_factor_since timestamptz,
      second_factor_methods text[] not null default '{totp}'
        check (cardinality(second_factor_methods) > 0 and second_factor_methods <@ '{totp,sms}'),

      -- For how many days a browser is trusted; null: none is trusted.
      trusted_browser_days smallint check (trusted_browser_days between 1 and 30),
      -- Trust older than this has ended, also in sessions.
      trust_since timestamptz,

      -- The default country of mobile numbers, and the countries that are allowed.
      country text not null default 'NL' check (country ~ '^[A-Z]{2}$'),
      countries text[] not null default '{AT,BE,BG,CY,CZ,DE,DK,EE,ES,FI,FR,GB,GR,HR,HU,IE,IT,LT,LU,LV,MT,NL,PL,PT,RO,SE,SI,SK}'
        check (cardinality(countries) > 0),
      sms_daily_budget integer not null default 500 check (sms_daily_budget between 0 and 1000000),

      -- Detects an edit that is based on an outdated row.
      version integer not null default 1,
      created_at timestamptz not null,
      changed_at timestamptz not null,
      constraint office_code check (code ~ '^[A-Z0-9-]{3,32}$'),
      constraint offices_trust check (trusted_browser_days is null or trust_since is not null)
    );
    create unique index offices_code on offices (code);

    -- Every office can be found by its code, but only a transaction of the office can change it.
    alter table offices enable row level security;
    alter table offices force row level security;
    create policy offices_read on offices for select using (true);
    create policy offices_write on offices for all using (id = vestibule_office()) with check (id = vestibule_office());
    grant select, insert, update on offices to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop table offices");
}
