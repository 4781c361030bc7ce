-- Counts one try on each counter that is not full; one that is missing from the result is full. Nothing else spends tries. 'used' is
-- the number of tries in the window, this one included; null for a counter that many people share (rate_limit_take).
-- Each function of counters goes through them in the order of their scopes, so that they never wait for each other in a ring.
create or replace function rate_limit_reserve(p_homes smallint[], p_scopes text[], p_keys bytea[], p_limits integer[],
  p_minutes integer[], p_shared boolean[], p_now timestamptz)
returns table (scope text, used integer) language plpgsql as $$
#variable_conflict use_column
declare
  c record;
begin
  for c in
    select a.*, p_now + make_interval(mins => a.minutes) as ends
    from unnest(p_homes, p_scopes, p_keys, p_limits, p_minutes, p_shared) as a (home, scope, key, most, minutes, is_shared)
    where a.most > 0 order by a.scope, a.key
  loop
    scope := c.scope;
    used := null;
    if c.is_shared then
      continue when not rate_limit_take(c.home, c.scope, c.key, c.most, p_now, c.ends);
    else
      insert into rate_limits as r (home, scope, key, used, pending, window_ends) values (c.home, c.scope, c.key, 1, 1, c.ends)
      on conflict (home, scope, key, lane) do update set
        used = case when r.window_ends <= p_now then 1 else r.used + 1 end,
        pending = case when r.window_ends <= p_now then 1 else r.pending + 1 end,
        recent = case when r.window_ends <= p_now then '{}' else r.recent end,
        reported = r.reported and r.window_ends > p_now,
        window_ends = case when r.window_ends <= p_now then c.ends else r.window_ends end
      where r.window_ends <= p_now or r.used < c.most
      returning r.used into used;
      continue when not found;
    end if;
    return next;
  end loop;
end $$;
