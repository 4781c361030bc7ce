-- Asks all homes. The chains with events from before a moment, the oldest first. All of them: one that does not verify remains, and
-- must hide no other.
create or replace function chains_to_prune(p_before timestamptz) returns table (home smallint, chain uuid)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
  as $$ select c.home, c.chain from audit_chains c where c.oldest_at < p_before order by c.oldest_at $$;
revoke execute on function chains_to_prune(timestamptz) from public;
grant execute on function chains_to_prune(timestamptz) to vestibule_app;
