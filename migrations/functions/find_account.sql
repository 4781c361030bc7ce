-- The account behind a 'sub' with its office, as JSON; null for an unknown one. Sets the office for its own read only.
create or replace function find_account(p_home smallint, p_subject uuid) returns json language plpgsql stable as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  office uuid;
  account json;
  ignored text;
begin
  select s.office_id into office from subjects s where s.home = p_home and s.id = p_subject;
  if not found then
    return null;
  end if;
  -- An assignment: PostgreSQL computes it without the statement that perform would be.
  ignored := set_config('vestibule.office', office::text, true);
  select json_build_object(
    'id', u.id, 'username', u.username, 'name', u.name, 'mail', u.mail, 'role', u.role, 'language', u.language,
    'timeZone', u.time_zone,
    'status', u.status, 'validFrom', date_part('epoch', u.valid_from),
    'othersEnded', case when u.others_ended_at is not null then json_build_object(
      'at', date_part('epoch', u.others_ended_at), 'kept', u.kept_session) end,
    'trustEnded', date_part('epoch', u.trust_ended_at),
    'createdAt', date_part('epoch', u.created_at),
    'factors', array(select f.kind from factors f where f.home = p_home and f.user_id = u.id order by f.kind),
    'mobile', (select m.number from mobile_numbers m where m.home = p_home and m.user_id = u.id and m.state = 'confirmed'),
    'isOnlySuperuser', u.role = 'superuser' and not exists (select from users c
      where c.home = p_home and c.office_id = u.office_id and c.role = 'superuser' and c.status = 'active' and c.id <> u.id),
    'isMailProved', u.mail is not null and u.mail is not distinct from u.mail_proved,
    'office', json_build_object('id', o.id, 'code', o.code, 'name', o.name, 'status', o.status,
      'language', o.language, 'timeZone', o.time_zone, 'sessionMinutes', o.session_minutes, 'isPasswordless', o.is_passwordless,
      'isMailboxEnough', o.is_mailbox_enough,
      'secondFactor', json_build_object('demand', o.second_factor, 'methods', o.second_factor_methods,
        'from', date_part('epoch', o.second_factor_from),
        'since', date_part('epoch', o.second_factor_since),
        'resistance', json_build_object('of', o.resistant_users, 'from', date_part('epoch', o.resistant_from),
          'since', date_part('epoch', o.resistant_since)),
        'trust', case when o.trusted_browser_days is not null then json_build_object('days', o.trusted_browser_days,
          'since', date_part('epoch', o.trust_since)) end))
  ) into account
  from users u join offices o on o.id = u.office_id where u.home = p_home and u.id = p_subject;
  ignored := set_config('vestibule.office', before, true);
  return account;
end $$;
