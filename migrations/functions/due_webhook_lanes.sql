-- Asks all homes. The lanes that have a webhook with something to send, or one whose worker is gone; reveals nothing about it.
create or replace function due_webhook_lanes() returns table (lane integer) language sql security definer
  set search_path = pg_catalog, public, pg_temp
  as $$ select w.home % 8 from webhooks w
    where w.state = 'on' and w.due_at <= now() and greatest(w.claimed_until, w.paused_until, '-infinity') <= now()
    union
    select w.home % 8 from gone_webhook_workers() gone join webhooks w on w.claimed_by = gone.worker
    where w.state = 'on' and w.claimed_until > now() and coalesce(w.paused_until, '-infinity') <= now() $$;
revoke execute on function due_webhook_lanes() from public;
grant execute on function due_webhook_lanes() to vestibule_app;
