-- The trusted browsers that count: within the days of the current policy, and newer than the end of the user's earlier sessions.
create or replace function trusted_browsers_of(p_home smallint, p_user uuid, p_now timestamptz) returns setof trusted_browsers
language sql stable as $$
  select t.* from trusted_browsers t
  join users u on u.home = p_home and u.id = t.user_id
  join offices o on o.id = t.office_id
  where t.home = p_home and t.user_id = p_user and t.ends_at > p_now and t.trusted_at >= u.valid_from and t.trusted_at >= o.trust_since
    and t.trusted_at + make_interval(days => o.trusted_browser_days) > p_now
$$;
