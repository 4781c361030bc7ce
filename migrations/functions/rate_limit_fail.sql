-- A try was wrong. The first counter, that of the account, keeps marks of the last three wrong tries: one with an equal mark counts once,
-- and 'counted' is false. p_alarms: from how many tries on each counter has an alarm to raise, null for never; 'near' are those
-- that have so many and whose alarm was not raised in this window. Some of these tries may still be right: rate_limit_alarm judges that.
create or replace function rate_limit_fail(p_homes smallint[], p_scopes text[], p_keys bytea[], p_alarms integer[], p_mark integer,
  p_now timestamptz)
returns table (counted boolean, near text[]) language plpgsql as $$
declare
  c record;
begin
  counted := not exists (select from rate_limits r
    where r.home = p_homes[1] and r.scope = p_scopes[1] and r.key = p_keys[1] and p_mark = any(r.recent));
  near := '{}';
  for c in
    select * from unnest(p_homes, p_scopes, p_keys, p_alarms) with ordinality as a (home, scope, key, alarm, number)
    order by a.scope, a.key
  loop
    if c.number = 1 then
      update rate_limits r set used = greatest(r.used - (not counted)::integer, 0), pending = greatest(r.pending - 1, 0),
        recent = case when counted then (p_mark || r.recent)[1:3] else r.recent end
      where r.home = c.home and r.scope = c.scope and r.key = c.key;
    else
      perform rate_limit_settle(c.home, c.scope, c.key, (not counted)::integer);
    end if;
    if counted and c.alarm is not null and (select sum(r.used) >= c.alarm and not bool_or(r.reported) from rate_limits r
      where r.home = c.home and r.scope = c.scope and r.key = c.key and r.window_ends > p_now)
    then
      near := near || c.scope;
    end if;
  end loop;
  return next;
end $$;
