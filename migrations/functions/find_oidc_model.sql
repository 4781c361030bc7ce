-- A model with its grant and its account, in one round trip. Kind 0 is the grant; its id is no credential and not hashed. Kind 14 is no
-- model of the library but the login of a finished sign-in, with its user. What is at another home is not read: the account of an
-- interaction (2), the account and the grant of a device code (9). A session (1) comes with the grant that it has for p_application, if
-- any; a code or token that ends with its session, with that session. Plans are kept by each connection: one made for a table that was
-- small would read it whole until the next analyze.
create or replace function find_oidc_model(p_home smallint, p_kind smallint, p_id bytea, p_application text)
returns table (payload json, consumed_at timestamptz, saved_at timestamptz, grant_payload json, account json,
  session json, session_saved_at timestamptz)
language plpgsql stable set enable_seqscan = off as $$
declare
  found_grant text;
  found_account uuid;
begin
  if p_kind = 14 then
    select json_build_object('accountId', s.user_id, 'login', s.login, 'finishedAt', extract(epoch from s.finished_at)::float8),
        s.finished_at, s.user_id
      into payload, saved_at, found_account
      from sign_ins s where s.home = p_home and s.id = p_id and s.login is not null;
  else
    select m.payload, m.consumed_at, m.saved_at, m.grant_id, m.account_id
      into payload, consumed_at, saved_at, found_grant, found_account
      from oidc_models m where m.home = p_home and m.kind = p_kind and m.id = p_id;
  end if;
  if not found then
    return;
  end if;
  if found_account is not null and home_of(found_account) <> p_home then
    return next;
    return;
  end if;
  if p_kind = 1 and p_application is not null then
    found_grant := payload -> 'authorizations' -> p_application ->> 'grantId';
  end if;
  if found_grant is not null then
    select g.payload into grant_payload from oidc_models g
      where g.home = p_home and g.kind = 0 and g.id = convert_to(found_grant, 'UTF8');
  end if;
  if p_kind in (3, 4, 5) and payload ->> 'expiresWithSession' = 'true' then
    select s.payload, s.saved_at into session, session_saved_at
      from oidc_models s where s.home = p_home and s.kind = 1 and s.uid = find_oidc_model.payload ->> 'sessionUid';
  end if;
  if found_account is not null then
    account := find_account(p_home, found_account);
  end if;
  return next;
end $$;
