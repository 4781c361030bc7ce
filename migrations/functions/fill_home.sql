-- For statements that do not name the home yet.
create or replace function fill_home() returns trigger language plpgsql as $$
begin
  new.home := coalesce(new.home, home_of((to_jsonb(new) ->> tg_argv[0])::uuid));
  return new;
end $$;
