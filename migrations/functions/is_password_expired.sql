-- Whether a user has to choose a new password; false for an unknown one. Sets the office for its own read only.
create or replace function is_password_expired(p_home smallint, p_subject uuid) returns boolean language plpgsql as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  office uuid;
  expired boolean;
begin
  select s.office_id into office from subjects s where s.home = p_home and s.id = p_subject;
  if not found then
    return false;
  end if;
  perform set_config('vestibule.office', office::text, true);
  select u.password_expired into expired from users u where u.home = p_home and u.id = p_subject;
  perform set_config('vestibule.office', before, true);
  return coalesce(expired, false);
end $$;
