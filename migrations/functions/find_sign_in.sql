-- A sign-in with what the journey's guards read, as it is at this request. p_trust: the browser's tokens of trust. version tells this
-- state from another, except for the counter of wrong codes, which each code changes: who writes a fact says which state it is for.
create or replace function find_sign_in(p_home smallint, p_id bytea, p_now timestamptz, p_trust bytea[])
returns table (facts jsonb, account json, guard json, factors text[], codes_left integer, enrolment json, number json,
  unsaved_codes text, password_expired boolean, browser_trusted boolean,
  code_digits integer, version text) language plpgsql stable as $$
declare
  found_office uuid;
  found_user uuid;
begin
  select s.facts, s.office_id, s.user_id into facts, found_office, found_user
    from sign_ins s where s.home = p_home and s.id = p_id and s.expires_at > p_now;
  if not found then
    return;
  end if;
  select s.account, s.guard, s.factors, s.codes_left, s.enrolment, s.number, s.unsaved_codes, s.password_expired, s.browser_trusted,
      s.code_digits
    into account, guard, factors, codes_left, enrolment, number, unsaved_codes, password_expired, browser_trusted, code_digits
    from find_sign_in_state(p_home, found_office, found_user, p_trust, p_now) s;
  version := md5(row(facts, account::text, factors, codes_left, enrolment::text, number::text, unsaved_codes, password_expired,
    browser_trusted)::text);
  return next;
end $$;
