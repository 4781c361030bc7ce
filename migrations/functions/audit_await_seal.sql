-- Queues every new audit event for its chain, in the transaction that writes it.
create or replace function audit_await_seal() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into audit_unsealed (chain, event_id)
    values (coalesce(new.office_id, '00000000-0000-0000-0000-000000000000'), new.id);
  return null;
end $$;
revoke execute on function audit_await_seal() from public;
