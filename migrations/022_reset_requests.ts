import type { Knex } from "knex";

/** Resets of a second factor that need two members of support: one asks, another approves. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table reset_requests (
      id uuid primary key,
      office_id uuid not null references offices,
      user_id uuid not null references users on delete cascade,
      reason text not null,
      requested_by uuid not null references subjects,
      requested_at timestamptz not null,
      ends_at timestamptz not null,
      state text not null default 'open' check (state in ('open', 'approved', 'cancelled')),
      decided_by uuid references subjects,
      decided_at timestamptz,
      check ((state = 'open') = (decided_at is null)),
      -- Two persons, also for whoever writes to the table by another way than ours.
      check (state <> 'approved' or decided_by <> requested_by)
    );
    create unique index reset_requests_open on reset_requests (user_id) where state = 'open';
    alter table reset_requests enable row level security;
    alter table reset_requests force row level security;
    create policy reset_requests_of_office on reset_requests
      using (office_id = vestibule_office()) with check (office_id = vestibule_office());
    -- Only the function below sets this, and for its own read.
    create policy reset_requests_of_support on reset_requests for select
      using (state = 'open' and current_setting('vestibule.support_desk', true) = 'yes');
    grant select, insert, update, delete on reset_requests to vestibule_app;

    -- What waits for a second member of support in all offices, the oldest first, at most a hundred.
    create function find_waiting_resets(p_now timestamptz)
    returns table (id uuid, office_code text, username text, name text, reason text, requested_by uuid,
      requested_at timestamptz, ends_at timestamptz) language plpgsql as $$
    declare
      before text := coalesce(current_setting('vestibule.office', true), '');
      waiting reset_requests[];
      one reset_requests;
    begin
      perform set_config('vestibule.support_desk', 'yes', true);
      select array_agg(r order by r.requested_at) into waiting from (
        select * from reset_requests q where q.state = 'open' and q.ends_at > p_now order by q.requested_at limit 100) r;
      perform set_config('vestibule.support_desk', '', true);
      foreach one in array coalesce(waiting, '{}') loop
        perform set_config('vestibule.office', one.office_id::text, true);
        return query
          select one.id, o.code, u.username, u.name, one.reason, one.requested_by, one.requested_at, one.ends_at
          from users u join offices o on o.id = u.office_id where u.id = one.user_id;
      end loop;
      perform set_config('vestibule.office', before, true);
    end $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function find_waiting_resets(timestamptz);
    drop table reset_requests;
  `);
}
