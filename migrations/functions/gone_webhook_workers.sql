-- The workers that have claimed webhooks and are gone: the lock that each holds for as long as it is connected is free. It is held here until the end of
-- the transaction, which keeps no worker waiting: none takes the same number again. Reveals nothing about the webhooks.
create or replace function gone_webhook_workers() returns table (worker integer) language sql security definer
  set search_path = pg_catalog, public, pg_temp
  as $$ select claims.worker
    from (select distinct w.claimed_by as worker from webhooks w where w.claimed_until > now() and w.claimed_by is not null) claims
    where pg_try_advisory_xact_lock_shared(hashtext('vestibule workers'), claims.worker) $$;
revoke execute on function gone_webhook_workers() from public;
grant execute on function gone_webhook_workers() to vestibule_app;
