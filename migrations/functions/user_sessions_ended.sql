-- Ends the sessions of a user who was disabled, or whose earlier sessions have become invalid.
create or replace function user_sessions_ended() returns trigger language plpgsql as $$
begin
  perform drop_dead_sessions(new.id,
    case when new.status = 'active' then extract(epoch from new.valid_from)::float8 else 'infinity' end);
  return null;
end $$;
