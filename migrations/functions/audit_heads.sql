-- Asks all homes. The last position of every chain, for readers that follow several; reveals nothing about the events.
create or replace function audit_heads() returns table (chain uuid, "position" bigint) language sql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$ select c.chain, c.position from audit_chains c $$;
revoke execute on function audit_heads() from public;
grant execute on function audit_heads() to vestibule_app;
