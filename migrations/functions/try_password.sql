-- Counts a try of a password and finds what it is compared with, in one call and one commit: a crowd of tries is counted before any of
-- them is compared. Which counters count depends on whether one of the browser's tokens is familiar to the account: p_for has, for each
-- limit, the token for which it is, '' for one that proved an older password, null for strangers. What the journey would read of the
-- user comes along, so that a right password needs no other read; 'version' tells it from what is there later.
-- A name that there is not costs the same reads and the same counters. Of an office at another home than p_home only the office is
-- returned and nothing is counted, and the caller asks again there (find_sign_in_candidate). 'reserved' is what rate_limit_reserve says.
create or replace function try_password(p_home smallint, p_office_code text, p_username_key text, p_browsers bytea[],
  p_trust bytea[], p_now timestamptz, p_homes smallint[], p_scopes text[], p_keys bytea[], p_limits integer[], p_minutes integer[],
  p_shared boolean[], p_for bytea[])
returns table (office json, account json, password_hash text, familiar bytea, is_outdated boolean, state json, version text,
  reserved json) language plpgsql as $$
declare
  no_one constant uuid := '00000000-0000-0000-0000-000000000000';
  counts_for bytea;
begin
  select c.office, c.account, c.password_hash, c.familiar, c.is_outdated into office, account, password_hash, familiar, is_outdated
    from find_sign_in_candidate(p_home, p_office_code, p_username_key, p_browsers, p_now) c;
  if office is not null and home_of((office ->> 'id')::uuid) <> p_home then
    return next;
    return;
  end if;
  select row_to_json(s) into state from find_sign_in_state(p_home, coalesce((office ->> 'id')::uuid, no_one),
    coalesce((account ->> 'id')::uuid, no_one), p_trust, p_now) s;
  version := md5(state::text);
  counts_for := case when is_outdated then ''::bytea else familiar end;
  select coalesce(json_agg(r), '[]') into reserved from (
    select array_agg(a.home order by a.number) as homes, array_agg(a.scope order by a.number) as scopes,
      array_agg(a.key order by a.number) as keys, array_agg(a.most order by a.number) as limits,
      array_agg(a.minutes order by a.number) as minutes, array_agg(a.is_shared order by a.number) as shared
    from unnest(p_homes, p_scopes, p_keys, p_limits, p_minutes, p_shared, p_for) with ordinality
      as a (home, scope, key, most, minutes, is_shared, browser, number)
    where a.browser is not distinct from counts_for) c
  cross join lateral rate_limit_reserve(c.homes, c.scopes, c.keys, c.limits, c.minutes, c.shared, p_now) r;
  return next;
end $$;
