-- The one function that grants a try of a second-factor code. Its commit comes before the code is checked, so it returns what the
-- check compares with. p_try (src/domain/factors/guard-store.ts): the try, of which the first 16 bytes are the form; bytes are in hex.
-- A form that is being checked already has its try; a process that reserved one before staleBefore has died with it. 'refused': the
-- code is not checked. Sets the office for itself only.
create or replace function reserve_code(p_home smallint, p_office uuid, p_user uuid, p_now timestamptz, p_try json) returns json
language plpgsql as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  this bytea := decode(p_try ->> 'id', 'hex');
  stale timestamptz := p_try ->> 'staleBefore';
  most integer := p_try ->> 'maxFailedAttempts';
  answer json;
begin
  perform set_config('vestibule.office', p_office::text, true);
  insert into second_factor_guard (home, office_id, user_id) values (p_home, p_office, p_user) on conflict do nothing;
  update second_factor_guard g set
    failed_attempts = case when g.blocked_until is null then g.failed_attempts + 1 else 1 end,
    failed_since_success = g.failed_since_success + 1,
    in_hand = case when g.blocked_until is null then g.in_hand || this else array[this] end,
    in_hand_at = p_now,
    blocked_until = case when g.blocked_until is null and g.failed_attempts >= most - 1 then p_now +
      case when g.failed_since_success >= (p_try ->> 'dayFrom')::integer - 1 then interval '24 hours'
           when g.failed_since_success >= (p_try ->> 'hourFrom')::integer - 1 then interval '1 hour'
           else make_interval(mins => (p_try ->> 'blockMinutes')::integer) end end
  where g.home = p_home and g.office_id = p_office and g.user_id = p_user
    and (g.blocked_until is null or g.blocked_until <= p_now) and g.failed_since_success < (p_try ->> 'frozenFrom')::integer
    and not (g.in_hand_at > stale and exists (
      select from unnest(g.in_hand) h where substring(h from 1 for 16) = substring(this from 1 for 16)))
  returning json_build_object('type', 'reserved', 'failedAttempts', g.failed_attempts, 'failedSinceSuccess', g.failed_since_success,
    'blockedUntil', g.blocked_until, 'lastWrong', g.wrong_as) into answer;
  if answer is null then
    answer := json_build_object('type', case when exists (select from second_factor_guard g, unnest(g.in_hand) h
      where g.home = p_home and g.office_id = p_office and g.user_id = p_user and g.in_hand_at > stale
        and substring(h from 1 for 16) = substring(this from 1 for 16)) then 'in-hand' else 'refused' end);
  else
    answer := json_build_object('state', answer, 'stored',
      stored_code(p_home, p_user, p_try ->> 'kind', decode(p_try ->> 'slot', 'hex'), p_now));
  end if;
  perform set_config('vestibule.office', before, true);
  return answer;
end $$;
