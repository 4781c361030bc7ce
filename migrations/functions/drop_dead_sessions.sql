-- Removes the sessions of an account that began before a moment, and notifies their applications. The sessions are
-- already invalid by then (users.valid_from).
create or replace function drop_dead_sessions(p_account uuid, p_before double precision) returns void language plpgsql as $$
declare
  told integer;
begin
  with gone as (
    delete from oidc_models m
    where m.kind = 1 and m.account_id = p_account and coalesce((m.payload ->> 'loginTs')::float8, 0) < p_before
    returning m.payload)
  select count(tell_signed_out(p_account, payload -> 'authorizations')) into told from gone;
end $$;
