-- Adds facts to a sign-in, with the code that proves them (p_code, see spend_code; null: none) and the end (p_end, see end_sign_in;
-- null: a step is still due). What is due was decided outside, from the state of p_version: when that is another by now, or when no
-- code is spent and the user is locked out, the answer is 'changed', and nothing is written; so it is with 'used', when the code was
-- used meanwhile. The sign-in is locked before the counter of codes. Sets the office for itself only.
create or replace function advance_sign_in(p_home smallint, p_id bytea, p_office uuid, p_user uuid, p_now timestamptz,
  p_trust bytea[], p_version text, p_frozen_from integer, p_facts jsonb, p_code json, p_end json)
returns table (outcome text, left_over integer, is_first boolean, replaced bytea[]) language plpgsql as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  is_stopped boolean;
begin
  perform set_config('vestibule.office', p_office::text, true);
  perform from sign_ins s where s.home = p_home and s.id = p_id for update;
  select g.blocked_until > p_now or g.failed_since_success >= p_frozen_from into is_stopped from second_factor_guard g
    where g.home = p_home and g.office_id = p_office and g.user_id = p_user for update;
  if (p_code is null and is_stopped)
    or p_version is distinct from (select s.version from find_sign_in(p_home, p_id, p_now, p_trust) s) then
    outcome := 'changed';
  else
    left_over := case when p_code is null then 0 else spend_code(p_home, p_office, p_user, p_now, p_code) end;
    outcome := case when left_over is null then 'used' else 'recorded' end;
  end if;
  if outcome = 'recorded' then
    update sign_ins s set facts = s.facts || p_facts
      where s.home = p_home and s.id = p_id and s.office_id = p_office and s.user_id = p_user;
    if p_end is not null then
      select e.is_first, e.replaced into is_first, replaced from end_sign_in(p_home, p_id, p_office, p_user, p_now, p_end) e;
    end if;
  end if;
  perform set_config('vestibule.office', before, true);
  return next;
end $$;
