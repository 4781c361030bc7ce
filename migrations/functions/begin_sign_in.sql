-- Begins a sign-in with the facts of a right password, in one call: gives the try back to the counters and empties that of the account
-- or the browser, and ends the sign-in where nothing more is due (p_end, see end_sign_in; null: a step is). What is due was decided
-- outside, from the state of p_version (try_password). When that is another by now, or when the sign-in has begun already, nothing is
-- written and no row is returned. The sign-in is written before the counters. Sets the office for itself only.
create or replace function begin_sign_in(p_home smallint, p_id bytea, p_office uuid, p_user uuid, p_application text, p_facts jsonb,
  p_now timestamptz, p_expires timestamptz, p_trust bytea[], p_version text, p_homes smallint[], p_scopes text[], p_keys bytea[],
  p_end json)
returns table (is_first boolean, replaced bytea[]) language plpgsql as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
begin
  if p_version is distinct from
    (select md5(row_to_json(s)::text) from find_sign_in_state(p_home, p_office, p_user, p_trust, p_now) s) then
    return;
  end if;
  perform set_config('vestibule.office', p_office::text, true);
  insert into sign_ins (home, id, office_id, user_id, facts, application_id, created_at, expires_at)
    values (p_home, p_id, p_office, p_user, p_facts, p_application, p_now, p_expires) on conflict (home, id) do nothing;
  if found then
    perform rate_limit_succeed(p_homes, p_scopes, p_keys);
    if p_end is not null then
      select e.is_first, e.replaced into is_first, replaced from end_sign_in(p_home, p_id, p_office, p_user, p_now, p_end) e;
    end if;
    return next;
  end if;
  perform set_config('vestibule.office', before, true);
end $$;
