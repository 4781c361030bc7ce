-- Removes the sessions of accounts of one home that began before a moment, and notifies their applications. The sessions are
-- already invalid by then (users.valid_from and users.status). Returns how many ended.
create or replace function end_sessions(p_home smallint, p_accounts uuid[], p_before double precision) returns integer
  language plpgsql as $$
declare
  ended integer;
begin
  with gone as (
    delete from oidc_models m
    where m.home = p_home and m.kind = 1 and m.account_id = any(p_accounts) and coalesce((m.payload ->> 'loginTs')::float8, 0) < p_before
    returning m.account_id, m.payload)
  select count(notify_signed_out(p_home, g.account_id, g.payload -> 'authorizations')) into ended from gone g;
  return ended;
end $$;
