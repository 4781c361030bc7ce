-- Adds the row of a new user in last_sign_ins. A trigger, so that every way of adding a user is covered.
create or replace function begin_last_sign_in() returns trigger language plpgsql as $$
begin
  insert into last_sign_ins (user_id, office_id, at) values (new.id, new.office_id, '-infinity');
  return null;
end $$;
