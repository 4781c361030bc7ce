-- The browsers that a user trusts, the newest first. Sets the office for its own read only.
create or replace function list_trusted_browsers(p_home smallint, p_subject uuid, p_now timestamptz) returns json language plpgsql stable as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  office uuid;
  found_ones json;
begin
  select s.office_id into office from subjects s where s.home = p_home and s.id = p_subject;
  perform set_config('vestibule.office', office::text, true);
  select coalesce(json_agg(json_build_object('id', t.id, 'device', t.device,
      'trustedAt', extract(epoch from t.trusted_at)::float8, 'usedAt', extract(epoch from t.used_at)::float8,
      'endsAt', extract(epoch from least(t.ends_at, t.trusted_at + make_interval(days => o.trusted_browser_days)))::float8)
      order by t.trusted_at desc), '[]')
    into found_ones from trusted_browsers_of(p_home, p_subject, p_now) t join offices o on o.id = t.office_id;
  perform set_config('vestibule.office', before, true);
  return found_ones;
end $$;
