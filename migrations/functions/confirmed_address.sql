-- Where the codes of a kind go: the user's confirmed mobile number, or the proved email address of one who has set up codes by email. Null
-- where the user has not. In a transaction of the office.
create or replace function confirmed_address(p_home smallint, p_user uuid, p_kind text) returns text language plpgsql stable as $$
begin
  return case p_kind
    when 'sms' then (select m.number from mobile_numbers m where m.home = p_home and m.user_id = p_user and m.state = 'confirmed')
    when 'email' then (select u.mail from users u where u.home = p_home and u.id = p_user and u.mail = u.mail_proved
      and exists (select from factors f where f.home = p_home and f.user_id = p_user and f.kind = 'email'))
  end;
end $$;
