-- Counts one try on a counter that many people share; false when it is full. Such a counter is kept in lanes: at most sixteen rows, each
-- with its share of the limit. A try takes a lane that no other one is changing at this moment, adds a lane when it finds none, and waits
-- only when all of them are there and those with room are being changed. The shares together are the limit and each is kept under
-- the lock of its row: no crowd gets more tries, and none is refused while a lane has room. A lane that begins ends with the others.
create or replace function rate_limit_take(p_home smallint, p_scope text, p_key bytea, p_most integer, p_now timestamptz,
  p_ends timestamptz) returns boolean language plpgsql as $$
declare
  lanes constant integer := least(p_most, 16);
  missing smallint;
  must_wait boolean := false;
begin
  loop
    update rate_limits r set
      used = case when r.window_ends <= p_now then 1 else r.used + 1 end,
      pending = case when r.window_ends <= p_now then 1 else r.pending + 1 end,
      reported = r.reported and r.window_ends > p_now,
      window_ends = case when r.window_ends > p_now then r.window_ends else coalesce(
        (select min(o.window_ends) from rate_limits o
          where o.home = p_home and o.scope = p_scope and o.key = p_key and o.window_ends > p_now), p_ends) end
    where r.home = p_home and r.scope = p_scope and r.key = p_key and r.lane = coalesce(
      (select l.lane from rate_limits l where l.home = p_home and l.scope = p_scope and l.key = p_key and l.lane < lanes
        and (l.window_ends <= p_now or l.used < p_most / lanes + (l.lane < p_most % lanes)::integer)
        order by l.lane limit 1 for update skip locked),
      (select l.lane from rate_limits l where must_wait and l.home = p_home and l.scope = p_scope and l.key = p_key and l.lane < lanes
        and (l.window_ends <= p_now or l.used < p_most / lanes + (l.lane < p_most % lanes)::integer)
        order by l.lane limit 1 for update));
    if found or must_wait then
      return found;
    end if;
    -- Each connection begins with another number, so that a crowd does not want to add the same lane.
    select n into missing from generate_series(0, lanes - 1) n
    where not exists (select from rate_limits l
      where l.home = p_home and l.scope = p_scope and l.key = p_key and l.lane = n)
    order by (n + pg_backend_pid()) % lanes limit 1;
    must_wait := not found;
    if found then
      insert into rate_limits (home, scope, key, lane, used, pending, window_ends)
      values (p_home, p_scope, p_key, missing, 1, 1, coalesce(
        (select min(o.window_ends) from rate_limits o
          where o.home = p_home and o.scope = p_scope and o.key = p_key and o.window_ends > p_now), p_ends))
      on conflict (home, scope, key, lane) do nothing;
      if found then
        return true;
      end if;
    end if;
  end loop;
end $$;
