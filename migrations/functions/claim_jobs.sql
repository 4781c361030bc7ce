-- Claims at most p_limit due jobs of a lane for p_seconds, the oldest first. Two claims of one lane wait for each other before they look,
-- and not at the rows: there each could hold what the other one wants, and the later one would find all its jobs taken.
create or replace function claim_jobs(p_queue text, p_lane integer, p_limit integer, p_seconds double precision)
returns setof jobs language plpgsql as $$
declare
  homes smallint[];
  ids uuid[];
begin
  perform pg_advisory_xact_lock(hashtext(p_queue), p_lane);
  select array_agg(home), array_agg(id) into homes, ids
  from (select home, id from jobs where queue = p_queue and home % 8 = p_lane and due_at <= now()
    order by due_at limit p_limit) due;
  -- The condition is judged again for a job that changes meanwhile.
  return query
  update jobs set due_at = now() + make_interval(secs => p_seconds), claimed_at = now(), attempts = attempts + 1
  where home = any(homes) and id = any(ids) and due_at <= now()
  returning *;
end $$;
