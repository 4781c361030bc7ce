-- Asks all homes. Chains whose events wait for a seal, as far as the first p_limit events show; reveals nothing about the events.
create or replace function unsealed_chains(p_limit integer) returns table (home smallint, chain uuid)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
  as $$ select distinct u.home, u.chain from (select w.home, w.chain from audit_unsealed w limit p_limit) u $$;
revoke execute on function unsealed_chains(integer) from public;
grant execute on function unsealed_chains(integer) to vestibule_app;
