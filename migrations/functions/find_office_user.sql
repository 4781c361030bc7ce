-- A user of an office; none for one of another office. Sets the office for its own read only.
create or replace function find_office_user(p_home smallint, p_office uuid, p_user uuid) returns setof users language plpgsql stable as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  ignored text;
begin
  -- An assignment: PostgreSQL computes it without the statement that perform would be.
  ignored := set_config('vestibule.office', p_office::text, true);
  return query select u.* from users u where u.home = p_home and u.office_id = p_office and u.id = p_user;
  ignored := set_config('vestibule.office', before, true);
end $$;
