-- Queues a sign-out notice for each application of an ended session, in the transaction that ends it. The
-- authorizations are those of oidc-provider's session: application -> { sid }. Returns how many were queued.
-- Eight more tries, after 5, 10, 20 … seconds: about half an hour.
create or replace function tell_signed_out(p_account uuid, p_authorizations json) returns integer language plpgsql as $$
declare
  told integer;
begin
  insert into jobs.job (name, data, policy, expire_seconds, retry_limit, retry_delay, retry_backoff, retry_delay_max,
    deletion_seconds)
  select 'sign-outs',
    jsonb_build_object('applicationId', a.id, 'accountId', p_account, 'sid', e.value ->> 'sid'),
    'standard', 60, 8, 5, true, 600, 600
  from json_each(coalesce(p_authorizations, '{}')) e
  join applications a on a.id = e.key
  where a.settings ->> 'backchannelLogoutUri' is not null and e.value ->> 'sid' is not null;
  get diagnostics told = row_count;
  return told;
end $$;
