import type { Knex } from "knex";

/** The second factor of the platform's staff, and changes of a superuser that need a second person. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Staff without a second factor would carry the role support into every application. Rows can be changed by a
    -- transaction of their own office only, also by the owner of the table.
    do $$
    declare
      before text := coalesce(current_setting('vestibule.office', true), '');
      staff uuid;
    begin
      select id into staff from offices where code = 'SUPPORT';
      if found then
        perform set_config('vestibule.office', staff::text, true);
        update offices set second_factor = 'required', second_factor_from = null,
          second_factor_since = coalesce(case when second_factor = 'required' then second_factor_since end, now()),
          trusted_browser_days = null, trust_since = null
        where id = staff;
        perform set_config('vestibule.office', before, true);
      end if;
    end $$;
    alter table offices add constraint offices_staff_factor check (code <> 'SUPPORT' or
      (second_factor = 'required' and second_factor_from is null and second_factor_since is not null
        and trusted_browser_days is null));

    -- Until when the user was a superuser: for two weeks the role still protects the account.
    alter table users add column led_until timestamptz;

    ${renamed("reset_requests", "approval_requests")}
    -- What is asked for, and for a role which one.
    alter table approval_requests
      add column action text not null default 'reset' check (action in ('reset', 'role', 'enable')),
      add column role text check (role in ('user', 'accountant', 'superuser')),
      add check ((action = 'role') = (role is not null));
    alter table approval_requests alter column action drop default;
    drop function if exists find_waiting_resets;
    delete from sql_functions where name = 'find_waiting_resets';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function if exists find_waiting_approvals;
    delete from sql_functions where name = 'find_waiting_approvals';
    alter table approval_requests drop column action, drop column role;
    ${renamed("approval_requests", "reset_requests")}
    alter table users drop column led_until;
    alter table offices drop constraint offices_staff_factor;
  `);
}

/** Renames a table, and what PostgreSQL and our migrations have named after it. */
const renamed = (from: string, to: string): string => `
    alter table ${from} rename to ${to};
    alter index ${from}_open rename to ${to}_open;
    alter policy ${from}_of_office on ${to} rename to ${to}_of_office;
    alter policy ${from}_of_support on ${to} rename to ${to}_of_support;
    do $$
    declare
      one name;
    begin
      for one in select conname from pg_constraint where conrelid = '${to}'::regclass and conname like '${from}%' loop
        execute format('alter table ${to} rename constraint %I to %I', one, replace(one, '${from}', '${to}'));
      end loop;
    end $$;`;
