-- Increments a row's version, so that a second editor overwrites nothing. A trigger, so that every change is covered.
create or replace function raise_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end $$;
