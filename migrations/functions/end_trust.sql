-- Another factor, or one less, ends the trust that rests on it. The trigger keeps it, so that no way of changing
-- one forgets it; a used step and a key that is sealed anew change no factor.
create or replace function end_trust() returns trigger language plpgsql as $$
begin
  delete from trusted_browsers where user_id = coalesce(new.user_id, old.user_id);
  return null;
end $$;
