-- Asks all homes. The active users with an email address in all open offices, at most thirty. Sets address and offices for its own read only.
create or replace function find_people_of_mail(p_mail text)
returns table (office_code text, office_name text, username text, name text, mail text, language text)
language plpgsql stable as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  found_person mail_people%rowtype;
begin
  perform set_config('vestibule.mail', encode(mail_hash(p_mail), 'hex'), true);
  for found_person in
    select p.* from mail_people p where p.mail_hash = mail_hash(p_mail) order by p.user_id limit 30 loop
    perform set_config('vestibule.office', found_person.office_id::text, true);
    return query
      select o.code, o.name, u.username, u.name, u.mail, coalesce(u.language, o.language)
      from users u join offices o on o.id = u.office_id
      where u.home = found_person.home and u.id = found_person.user_id and u.status = 'active' and o.status = 'open';
  end loop;
  perform set_config('vestibule.office', before, true);
  perform set_config('vestibule.mail', '', true);
end $$;
