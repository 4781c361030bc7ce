-- The home of an office or of what belongs to it: the first 15 bits of its id; 0 for what belongs to no office. src/kernel/home.ts
-- computes the same.
create or replace function home_of(p_id uuid) returns smallint language sql immutable parallel safe as $$
  select (case when p_id is null then 0
    else get_byte(uuid_send(p_id), 0) * 128 + get_byte(uuid_send(p_id), 1) / 2 end)::smallint $$;
