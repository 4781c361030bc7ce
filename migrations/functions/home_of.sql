-- The home of an office or of what belongs to it: the first 15 bits of its id; 0 for what belongs to no office. src/kernel/home.ts
-- computes the same. Not in SQL: the check of every table calls it, and PostgreSQL would parse it again at each statement that writes.
create or replace function home_of(p_id uuid) returns smallint language plpgsql immutable parallel safe as $$
begin
  return case when p_id is null then 0
    else get_byte(uuid_send(p_id), 0) * 128 + get_byte(uuid_send(p_id), 1) / 2 end;
end $$;
