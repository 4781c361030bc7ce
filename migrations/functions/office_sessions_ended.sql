-- Ends the sessions of all users of an office that was closed.
create or replace function office_sessions_ended() returns trigger language plpgsql as $$
begin
  perform drop_dead_sessions(u.id, 'infinity') from users u where u.office_id = new.id;
  return null;
end $$;
