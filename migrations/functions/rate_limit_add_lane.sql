-- Adds a lane to a shared counter; false when all p_lanes are there, null when others are adding those that are not. With p_wait it waits
-- for the first of these. An advisory lock says which lanes are being added: an insert could only find out by waiting.
create or replace function rate_limit_add_lane(p_home smallint, p_scope text, p_key bytea, p_lanes integer, p_used integer,
  p_pending integer, p_wait boolean, p_ends timestamptz) returns boolean language plpgsql as $$
declare
  missing integer[] := array(select n from generate_series(1, p_lanes) n except
    select l.lane from rate_limits l where l.home = p_home and l.scope = p_scope and l.key = p_key order by 1);
  chosen integer;
begin
  if missing = '{}' then
    return false;
  end if;
  foreach chosen in array missing loop
    exit when pg_try_advisory_xact_lock(hashtextextended(p_scope || encode(p_key, 'hex'), chosen));
    chosen := case when p_wait then missing[1] end;
  end loop;
  insert into rate_limits (home, scope, key, lane, used, pending, window_ends)
  select p_home, p_scope, p_key, chosen, p_used, p_pending, p_ends where chosen is not null
  on conflict (home, scope, key, lane) do nothing;
  return case when found then true end;
end $$;
