-- Asks all homes. What a scrape shows of the whole installation: numbers alone, which name no office, no user and no event. Counts end
-- at p_most, so that a full queue does not make it slow.
create or replace function installation_figures(p_most integer)
  returns table (figure text, label text, state text, amount double precision)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with some_jobs as (
    select j.queue, j.due_at, j.claimed_at, coalesce(case when j.queue in ('messages', 'text-messages') then
        (select d.made_at from message_directory d where d.home = j.home and d.id = (j.data ->> 'id')::uuid) end, j.due_at) as made_at
    from jobs j limit p_most)
  select 'jobs', j.queue, case when j.due_at <= now() then 'due' when j.claimed_at is null then 'later' else 'running' end, count(*)::float8
    from some_jobs j group by 2, 3
  union all
  select 'oldest', j.queue, '', greatest(0, extract(epoch from now() - min(j.made_at))) from some_jobs j group by 2
  union all
  select 'chains', '', '', count(*) from audit_chains
  union all
  select 'head', '', '', coalesce(sum(c.position), 0) from audit_chains c
  union all
  select 'unsealed', '', '', count(*) from (select from audit_unsealed limit p_most) u
  union all
  select 'expired', 'oidc_models', '', extract(epoch from now() - min(m.expires_at)) from oidc_models m where m.expires_at <= now()
  union all
  -- These are kept for a day after their end.
  select 'expired', 'sign_ins', '', extract(epoch from now() - min(s.expires_at)) - 86400
    from sign_ins s where s.expires_at <= now() - interval '1 day'
  union all
  select 'expired', 'rate_limits', '', extract(epoch from now() - min(r.window_ends)) from rate_limits r where r.window_ends <= now()
$$;
revoke execute on function installation_figures(integer) from public;
grant execute on function installation_figures(integer) to vestibule_app;
