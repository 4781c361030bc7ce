-- What the journey's guards read of a user besides the facts of the sign-in. p_trust: the browser's tokens of trust. Reads the same of a
-- user that there is not. Sets the office for its own read only.
create or replace function find_sign_in_state(p_home smallint, p_office uuid, p_user uuid, p_trust bytea[], p_now timestamptz)
returns table (account json, guard json, factors text[], codes_left integer, enrolment json, number json, unsaved_codes text,
  password_expired boolean, browser_trusted boolean, code_digits integer) language plpgsql stable as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
begin
  account := find_account(p_home, p_user);
  browser_trusted := is_browser_trusted(p_home, p_user, p_trust, p_now);
  perform set_config('vestibule.office', p_office::text, true);
  select json_build_object('failedAttempts', g.failed_attempts, 'failedSinceSuccess', g.failed_since_success,
      'blockedUntil', extract(epoch from g.blocked_until)::float8)
    into guard from second_factor_guard g where g.home = p_home and g.office_id = p_office and g.user_id = p_user;
  -- The one that was used last comes first.
  factors := array(select f.kind from factors f where f.home = p_home and f.user_id = p_user order by f.used_at desc nulls last, array_position(array['passkey', 'totp', 'sms', 'email'], f.kind));
  -- 0: an app has others than another one, so that none of their lengths is that of a whole code.
  select case when min(f.code_digits) = max(f.code_digits) then max(f.code_digits) else 0 end into code_digits
    from factors f where f.home = p_home and f.user_id = p_user and f.kind = 'totp';
  select count(*)::integer into codes_left from recovery_codes c where c.home = p_home and c.user_id = p_user and c.used_at is null;
  select json_build_object('openedAt', extract(epoch from w.opened_at)::float8, 'endsAt', extract(epoch from w.ends_at)::float8,
      'needsCode', w.code_hash is not null)
    into enrolment from enrolment_windows w where w.home = p_home and w.user_id = p_user;
  select json_build_object('state', coalesce(m.state, 'none'), 'number', m.number,
      'pending', m.pending_number is not null, 'enteredBy', m.entered_by)
    into number from (select p_user as id) w left join mobile_numbers m on m.home = p_home and m.user_id = w.id;
  select case when c.shown_at is null then 'new' else 'shown' end into unsaved_codes
    from unsaved_recovery_codes c where c.home = p_home and c.user_id = p_user;
  password_expired := coalesce((select u.password_expired from users u where u.home = p_home and u.id = p_user), false);
  perform set_config('vestibule.office', before, true);
  return next;
end $$;
