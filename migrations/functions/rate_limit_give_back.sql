-- Gives a try that was not checked, or must not count, back to each counter.
create or replace function rate_limit_give_back(p_homes smallint[], p_scopes text[], p_keys bytea[]) returns void
language plpgsql as $$
declare
  c record;
begin
  for c in select * from unnest(p_homes, p_scopes, p_keys) as a (home, scope, key) order by a.scope, a.key loop
    perform rate_limit_settle(c.home, c.scope, c.key, 1);
  end loop;
end $$;
