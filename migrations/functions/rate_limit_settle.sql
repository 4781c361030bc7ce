-- Ends one try of a counter that is being checked, and takes p_back from its number of tries. Of a shared counter only the sum of its
-- lanes means something, so any of them will do, below zero as well: one that no other statement is changing, or a new one. A try
-- of a window that is over has ended with it.
create or replace function rate_limit_settle(p_home smallint, p_scope text, p_key bytea, p_back integer) returns void
language plpgsql as $$
declare
  latest timestamptz;
  -- Lanes that began at the same moment may end some milliseconds apart.
  apart constant interval := '1 minute';
  checking integer;
  chosen smallint;
  is_added boolean;
  is_crowded boolean := false;
  is_complete boolean;
begin
  select max(w.ends), sum(w.pending) filter (where w.window_ends > w.ends - apart), max(w.lane) = 0
  into latest, checking, is_complete
  from (select r.lane, r.window_ends, r.pending, max(r.window_ends) over () as ends from rate_limits r
    where r.home = p_home and r.scope = p_scope and r.key = p_key) w;
  while checking > 0 loop
    select l.lane into chosen from rate_limits l
    where l.home = p_home and l.scope = p_scope and l.key = p_key and l.window_ends > latest - apart
    order by l.pending <= 0, l.lane limit 1 for update skip locked;
    if not found and is_complete then
      select l.lane into chosen from rate_limits l
      where l.home = p_home and l.scope = p_scope and l.key = p_key and l.window_ends > latest - apart
      order by (l.lane + pg_backend_pid()) % 16 limit 1 for update;
    end if;
    update rate_limits r set
      used = case when r.lane = 0 then greatest(r.used - p_back, 0) else r.used - p_back end, pending = r.pending - 1
    where r.home = p_home and r.scope = p_scope and r.key = p_key and r.lane = chosen;
    exit when found or is_complete;
    is_added := rate_limit_add_lane(p_home, p_scope, p_key, 16, -p_back, -1, is_crowded, latest);
    exit when is_added;
    is_complete := is_added is not null;
    is_crowded := true;
  end loop;
end $$;
