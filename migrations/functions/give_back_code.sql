-- Gives back a try of a code that was right and not recorded, or not checked. At most once: a try that was given back, or cleared since
-- by a correct code, a reset or a lift, is gone. A lockout that is in effect includes this try in its failed attempts, so without it there is
-- none. p_clears: the code was right, which also ends a row of incorrect ones. Sets the office for itself only.
create or replace function give_back_code(p_home smallint, p_office uuid, p_user uuid, p_now timestamptz, p_try bytea, p_clears boolean)
returns void language plpgsql as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
begin
  perform set_config('vestibule.office', p_office::text, true);
  update second_factor_guard g set failed_since_success = greatest(g.failed_since_success - 1, 0), in_hand = array_remove(g.in_hand, p_try),
    failed_attempts = case when g.blocked_until <= p_now then g.failed_attempts else greatest(g.failed_attempts - 1, 0) end,
    blocked_until = case when g.blocked_until <= p_now then g.blocked_until end,
    wrong_form = case when p_clears then null else g.wrong_form end, wrong_as = case when p_clears then null else g.wrong_as end
    where g.home = p_home and g.office_id = p_office and g.user_id = p_user and p_try = any(g.in_hand);
  perform set_config('vestibule.office', before, true);
end $$;
