-- Whether this user trusts a browser with one of these tokens. Sets the office for its own read only.
create or replace function is_browser_trusted(p_home smallint, p_subject uuid, p_hashes bytea[], p_now timestamptz) returns boolean
language plpgsql stable as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  office uuid;
  found_one boolean;
begin
  if cardinality(p_hashes) = 0 then
    return false;
  end if;
  select s.office_id into office from subjects s where s.home = p_home and s.id = p_subject;
  if not found then
    return false;
  end if;
  perform set_config('vestibule.office', office::text, true);
  found_one := exists (select from trusted_browsers_of(p_home, p_subject, p_now) t where t.hash = any(p_hashes));
  perform set_config('vestibule.office', before, true);
  return found_one;
end $$;
