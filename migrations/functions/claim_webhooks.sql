-- Claims at most p_limit webhooks of a lane that have something to send and do not pause, for p_seconds, so that one worker at a time sends for each.
-- The end of the claim is the time at which another worker looks, should this one die; renew_webhooks moves it while it lives. Where the worker is marked (p_worker),
-- others look as soon as its mark is gone. Two claims of a lane wait for each other, as in claim_jobs. One that a transaction is just making due is passed over and not waited
-- for: two that write several webhooks could wait for each other, and what is being added could not be seen yet.
create or replace function claim_webhooks(p_lane integer, p_limit integer, p_seconds double precision, p_worker integer)
returns table (home smallint, id uuid, office_id uuid, claim integer)
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  gone integer[];
  homes smallint[];
  ids uuid[];
begin
  perform pg_advisory_xact_lock(hashtext('webhooks'), p_lane);
  select array_agg(worker) into gone from gone_webhook_workers();
  select array_agg(due.home), array_agg(due.id) into homes, ids
  from (select w.home, w.id from webhooks w
    where w.state = 'on' and w.home % 8 = p_lane and coalesce(w.paused_until, '-infinity') <= now()
      and (w.due_at <= now() and coalesce(w.claimed_until, '-infinity') <= now()
        or w.claimed_until > now() and w.claimed_by = any(gone))
    order by w.due_at limit p_limit for update skip locked) due;
  -- The rows are locked, and what they are was judged with the lock.
  return query
  update webhooks w set claimed_at = now(), claimed_until = now() + make_interval(secs => p_seconds), claimed_by = p_worker,
    due_at = now() + make_interval(secs => p_seconds), claim = w.claim + 1
  where w.home = any(homes) and w.id = any(ids)
  returning w.home, w.id, w.office_id, w.claim;
end $$;
revoke execute on function claim_webhooks(integer, integer, double precision, integer) from public;
grant execute on function claim_webhooks(integer, integer, double precision, integer) to vestibule_app;
