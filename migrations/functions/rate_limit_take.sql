-- Counts one try on a counter that many people share; false when it is full. Such a counter is kept in lanes: rows 1 to 16, each with its
-- share of the limit. A try takes a lane without one that is still being checked, or adds a lane; in a crowd it takes any that no other
-- statement is changing, and waits only when all are there and are being changed. The shares together are the limit and each is kept
-- under the lock of its row: no crowd gets more tries, and none is refused while a lane has room. A lane that begins ends with the others.
create or replace function rate_limit_take(p_home smallint, p_scope text, p_key bytea, p_most integer, p_now timestamptz,
  p_ends timestamptz) returns boolean language plpgsql as $$
declare
  lanes constant integer := least(p_most, 16);
  -- Of each lane; one that was added to give a try back has none.
  shares constant integer[] := array(select case when n <= lanes then p_most / lanes + (n <= p_most % lanes)::integer else 0 end
    from generate_series(1, 16) n order by n);
  ends timestamptz;
  chosen smallint;
  is_crowded boolean := false;
  is_complete boolean := false;
  is_added boolean;
begin
  loop
    ends := coalesce((select min(r.window_ends) from rate_limits r
      where r.home = p_home and r.scope = p_scope and r.key = p_key and r.window_ends > p_now), p_ends);
    -- Whether a lane has room is judged before it is locked, so that no more than one is: what is locked stays so until the end.
    select l.lane into chosen from rate_limits l
    where l.home = p_home and l.scope = p_scope and l.key = p_key and l.lane = any(array(
      select r.lane from rate_limits r where r.home = p_home and r.scope = p_scope and r.key = p_key
        and (r.window_ends <= p_now or r.used < shares[r.lane] and (is_crowded or r.pending <= 0))))
    order by l.pending, l.lane limit 1 for update skip locked;
    if not found and is_complete then
      select l.lane into chosen from rate_limits l
      where l.home = p_home and l.scope = p_scope and l.key = p_key and l.lane = any(array(
        select r.lane from rate_limits r where r.home = p_home and r.scope = p_scope and r.key = p_key
          and (r.window_ends <= p_now or r.used < shares[r.lane])))
      order by (l.lane + pg_backend_pid()) % 16 limit 1 for update;
      if not found then
        return false;
      end if;
    end if;
    -- A lane may have become full meanwhile. Then it stays locked while another one is waited for, and no two wait for each other:
    -- each would have chosen a lane that was full before it looked.
    update rate_limits r set
      used = case when r.window_ends > p_now then r.used + 1 else 1 end,
      pending = case when r.window_ends > p_now then r.pending + 1 else 1 end,
      reported = r.reported and r.window_ends > p_now,
      window_ends = case when r.window_ends > p_now then r.window_ends else ends end
    where r.home = p_home and r.scope = p_scope and r.key = p_key and r.lane = chosen
      and (r.window_ends <= p_now or r.used < shares[r.lane]);
    if found then
      return true;
    end if;
    continue when is_complete;
    is_added := rate_limit_add_lane(p_home, p_scope, p_key, lanes, 1, 1, is_crowded, ends);
    if is_added then
      return true;
    end if;
    is_complete := is_added is not null;
    is_crowded := true;
  end loop;
end $$;
