-- Reports a sign-in from an unfamiliar browser to its owner: a mail, with a link that ends everything. Not the first sign-in of an account,
-- and not more often in a day than the report says: an owner whose browser keeps no cookies gets no flood of mails. The links themselves
-- are counted, as they outlive the day. Two sign-ins that end at the same moment may both be reported. p_report:
-- src/domain/credentials/new-browsers.ts; bytes are in hex. In a transaction of the office, before the sign-in is in the audit log.
create or replace function report_new_browser(p_home smallint, p_office uuid, p_user uuid, p_at timestamptz, p_report json) returns void
language plpgsql as $$
declare
  link json := p_report -> 'link';
begin
  if not exists (select from last_sign_ins s where s.home = p_home and s.user_id = p_user and s.at > '-infinity') then
    return;
  end if;
  if (p_report ->> 'mostADay')::integer <= (select count(*) from one_time_links l where l.home = p_home and l.user_id = p_user
    and l.purpose = 'not-me' and l.data ->> 'kind' = link #>> '{data,kind}' and l.made_at > p_at - interval '1 day')
  then
    return;
  end if;
  delete from one_time_links l where l.home = p_home and l.user_id = p_user and not l.newest_only and l.ends_at <= now();
  insert into one_time_links (home, hash, office_id, user_id, purpose, newest_only, data, made_at, ends_at)
    values (p_home, decode(link ->> 'hash', 'hex'), p_office, p_user, 'not-me', false, (link -> 'data')::jsonb, p_at,
      (link ->> 'until')::timestamptz);
  perform add_message(p_home, p_office, p_at, p_report -> 'message');
end $$;
