-- Ends one try of a counter that was not checked yet, and takes p_back from its number of tries. Of a counter with lanes, that is any lane
-- with such a try, because only their sum counts: one that no other statement is changing, if there is one.
create or replace function rate_limit_settle(p_home smallint, p_scope text, p_key bytea, p_back integer) returns void
language plpgsql as $$
begin
  update rate_limits r set used = greatest(r.used - p_back, 0), pending = r.pending - 1
  where r.home = p_home and r.scope = p_scope and r.key = p_key and r.lane = coalesce(
    (select l.lane from rate_limits l where l.home = p_home and l.scope = p_scope and l.key = p_key and l.pending > 0
      order by l.lane limit 1 for update skip locked),
    (select l.lane from rate_limits l where l.home = p_home and l.scope = p_scope and l.key = p_key and l.pending > 0
      order by l.lane limit 1 for update));
end $$;
