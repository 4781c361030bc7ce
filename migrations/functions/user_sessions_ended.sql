-- Ends the sessions of a user who is disabled, or whose older sessions are dead from now on.
create or replace function user_sessions_ended() returns trigger language plpgsql as $$
begin
  perform drop_dead_sessions(new.id,
    case when new.status = 'active' then extract(epoch from new.valid_from)::float8 else 'infinity' end);
  return null;
end $$;
