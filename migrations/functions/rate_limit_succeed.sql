-- A try was right: the first counter, that of the account, is empty from now on; the others get this try back.
create or replace function rate_limit_succeed(p_homes smallint[], p_scopes text[], p_keys bytea[]) returns void
language plpgsql as $$
declare
  c record;
begin
  for c in
    select * from unnest(p_homes, p_scopes, p_keys) with ordinality as a (home, scope, key, number) order by a.scope, a.key
  loop
    if c.number = 1 then
      update rate_limits r set used = 0, pending = greatest(r.pending - 1, 0), recent = '{}'
      where r.home = c.home and r.scope = c.scope and r.key = c.key;
    else
      perform rate_limit_settle(c.home, c.scope, c.key, 1);
    end if;
  end loop;
end $$;
