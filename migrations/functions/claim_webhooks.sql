-- Claims at most p_limit webhooks of a lane that have something to send and do not pause, for p_seconds, so that one worker at a time sends for each.
-- The end of the claim is the time at which another worker looks, should this one die; renew_webhooks moves it while it lives. Two claims of a lane wait for each other, as
-- in claim_jobs. One that a transaction is just making due is passed over and not waited for: two that write several webhooks could wait
-- for each other, and what is being added could not be seen yet.
create or replace function claim_webhooks(p_lane integer, p_limit integer, p_seconds double precision)
returns table (home smallint, id uuid, office_id uuid, claim integer)
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  homes smallint[];
  ids uuid[];
begin
  perform pg_advisory_xact_lock(hashtext('webhooks'), p_lane);
  select array_agg(due.home), array_agg(due.id) into homes, ids
  from (select w.home, w.id from webhooks w
    where w.state = 'on' and w.home % 8 = p_lane and w.due_at <= now()
      and greatest(w.claimed_until, w.paused_until, '-infinity') <= now()
    order by w.due_at limit p_limit for update skip locked) due;
  return query
  update webhooks w set claimed_at = now(), claimed_until = now() + make_interval(secs => p_seconds),
    due_at = now() + make_interval(secs => p_seconds), claim = w.claim + 1
  where w.home = any(homes) and w.id = any(ids) and w.state = 'on' and w.due_at <= now()
    and greatest(w.claimed_until, w.paused_until, '-infinity') <= now()
  returning w.home, w.id, w.office_id, w.claim;
end $$;
revoke execute on function claim_webhooks(integer, integer, double precision) from public;
grant execute on function claim_webhooks(integer, integer, double precision) to vestibule_app;
