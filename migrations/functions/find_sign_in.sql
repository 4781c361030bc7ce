-- A sign-in with what the journey's guards read, as it is at this request. p_trust: the browser's tokens of trust. version tells this
-- state from another, except for the counter of wrong codes, which each code changes: who writes a fact says which state it is for.
create or replace function find_sign_in(p_home smallint, p_id bytea, p_now timestamptz, p_trust bytea[])
returns table (facts jsonb, account json, guard json, factors text[], codes_left integer, enrolment json, number json,
  unsaved_codes text, password_expired boolean, browser_trusted boolean, version text) language plpgsql as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  found_office uuid;
  found_user uuid;
begin
  select s.facts, s.office_id, s.user_id into facts, found_office, found_user
    from sign_ins s where s.home = p_home and s.id = p_id and s.expires_at > p_now;
  if not found then
    return;
  end if;
  account := find_account(p_home, found_user);
  browser_trusted := is_browser_trusted(p_home, found_user, p_trust, p_now);
  perform set_config('vestibule.office', found_office::text, true);
  select json_build_object('strikes', g.strikes, 'spent', g.spent, 'blockedUntil', extract(epoch from g.blocked_until)::float8)
    into guard from second_factor_guard g where g.home = p_home and g.office_id = found_office and g.user_id = found_user;
  factors := array(select f.kind from factors f where f.home = p_home and f.user_id = found_user order by f.kind);
  select count(*)::integer into codes_left from recovery_codes c where c.home = p_home and c.user_id = found_user and c.used_at is null;
  select json_build_object('openedAt', extract(epoch from w.opened_at)::float8, 'endsAt', extract(epoch from w.ends_at)::float8,
      'needsCode', w.code_hash is not null)
    into enrolment from enrolment_windows w where w.home = p_home and w.user_id = found_user;
  select json_build_object('state', coalesce(m.state, 'none'), 'number', m.number,
      'pending', m.pending_number is not null, 'enteredBy', m.entered_by)
    into number from (select found_user as id) w left join mobile_numbers m on m.home = p_home and m.user_id = w.id;
  select case when c.shown_at is null then 'new' else 'shown' end into unsaved_codes
    from unsaved_recovery_codes c where c.home = p_home and c.user_id = found_user;
  password_expired := coalesce(
    (select u.password_expired from users u where u.home = p_home and u.id = found_user), false);
  version := md5(row(facts, account::text, factors, codes_left, enrolment::text, number::text, unsaved_codes, password_expired,
    browser_trusted)::text);
  perform set_config('vestibule.office', before, true);
  return next;
end $$;
