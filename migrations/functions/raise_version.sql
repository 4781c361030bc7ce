-- Counts the changes of a row, so that a second editor overwrites nothing. A trigger, so that no way of changing forgets it.
create or replace function raise_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end $$;
