-- Ends a sign-in, with what a complete one leaves behind: the protocol finds the login, the browser is familiar to its user, the trust
-- that replaced a code is used, and the audit log has the event. Only the first call ends it; a second one brings the login up to date
-- and makes its browser familiar. p_end says who asks and for whom (src/screens/sign-in/finish.ts); bytes are in hex. Where it has a
-- report, and none of the browser's tokens was the user's, the owner is notified (report_new_browser). Sets the office for what it writes
-- only.
create or replace function end_sign_in(p_home smallint, p_id bytea, p_office uuid, p_user uuid, p_at timestamptz, p_end json)
returns table (is_first boolean, replaced bytea[]) language plpgsql as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
begin
  perform set_config('vestibule.office', p_office::text, true);
  update sign_ins s set finished_at = p_at, login = p_end -> 'login'
    where s.home = p_home and s.id = p_id and s.office_id = p_office and s.user_id = p_user and s.finished_at is null;
  is_first := found;
  if not is_first then
    update sign_ins s set login = p_end -> 'login'
      where s.home = p_home and s.id = p_id and s.office_id = p_office and s.user_id = p_user;
  end if;
  replaced := add_familiar_browser(p_home, p_office, p_user, decode(p_end ->> 'browser', 'hex'),
    array(select decode(b, 'hex') from json_array_elements_text(p_end -> 'browsersBefore') b),
    p_at, (p_end ->> 'browserUntil')::timestamptz, (p_end ->> 'mostBrowsers')::integer);
  if is_first then
    if json_array_length(p_end -> 'trusted') > 0 then
      update trusted_browsers t set used_at = p_at where t.home = p_home and t.user_id = p_user
        and t.hash in (select decode(h, 'hex') from json_array_elements_text(p_end -> 'trusted') h);
    end if;
    if p_end ->> 'report' is not null and cardinality(replaced) = 0 then
      perform report_new_browser(p_home, p_office, p_user, p_at, p_end -> 'report');
    end if;
    perform add_audit_events(p_home, p_at, p_office, 'sign-in', 'ok', p_user::text, array[p_user::text], p_end ->> 'application',
      (p_end ->> 'address')::inet, p_end ->> 'requestId', json_build_object('methods', p_end ->> 'methods')::jsonb);
  end if;
  perform set_config('vestibule.office', before, true);
  return next;
end $$;
