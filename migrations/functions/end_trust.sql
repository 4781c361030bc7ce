-- A changed or removed factor ends the trust that rests on it. A trigger, so that every change of one is covered. A used
-- step and a re-encrypted key are not changes of a factor.
create or replace function end_trust() returns trigger language plpgsql as $$
begin
  delete from trusted_browsers where user_id = coalesce(new.user_id, old.user_id);
  return null;
end $$;
