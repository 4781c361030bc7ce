-- Queues a sign-out notice for each application of an ended session, in the transaction that ends it and at the home of its user. The
-- authorizations are those of oidc-provider's session: application -> { sid }. Returns how many were queued.
create or replace function notify_signed_out(p_home smallint, p_account uuid, p_authorizations json) returns integer language plpgsql as $$
declare
  queued integer;
begin
  -- A job is at home where its id says.
  insert into jobs (home, id, queue, data)
  select p_home, overlay(gen_random_uuid()::text placing left(p_account::text, 4) from 1 for 4)::uuid,
    'sign-outs', jsonb_build_object('applicationId', a.id, 'accountId', p_account, 'sid', e.value ->> 'sid')
  from json_each(coalesce(p_authorizations, '{}')) e
  join applications a on a.id = e.key
  where a.settings ->> 'backchannelLogoutUri' is not null and e.value ->> 'sid' is not null;
  get diagnostics queued = row_count;
  return queued;
end $$;
