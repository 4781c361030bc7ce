-- Holds claims of webhooks for p_seconds from now on: those that have neither ended nor passed to another worker, and did not begin
-- longer than p_longest seconds ago. What became due while one is served stays due, so that the end of the turn finds it. Across
-- offices, as workers are; the number of a claim says whose it is.
create or replace function renew_webhooks(p_homes smallint[], p_ids uuid[], p_claims integer[], p_seconds double precision,
  p_longest double precision) returns void language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  update webhooks w set claimed_until = now() + make_interval(secs => p_seconds),
    due_at = case when w.due_at < w.claimed_until then w.due_at else now() + make_interval(secs => p_seconds) end
  from unnest(p_homes, p_ids, p_claims) as own (home, id, claim)
  where w.home = own.home and w.id = own.id and w.claim = own.claim and w.claimed_until is not null
    and w.claimed_at > now() - make_interval(secs => p_longest);
$$;
revoke execute on function renew_webhooks(smallint[], uuid[], integer[], double precision, double precision) from public;
grant execute on function renew_webhooks(smallint[], uuid[], integer[], double precision, double precision) to vestibule_app;
