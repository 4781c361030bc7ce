-- Maintains the offices in which a mail address has users. A trigger, so that every change of an address is covered.
create or replace function keep_mail_people() returns trigger language plpgsql as $$
begin
  if new.mail is null then
    delete from mail_people where user_id = new.id;
  else
    insert into mail_people (user_id, office_id, mail_hash) values (new.id, new.office_id, mail_hash(new.mail))
      on conflict (home, user_id) do update set office_id = excluded.office_id, mail_hash = excluded.mail_hash;
  end if;
  return null;
end $$;
