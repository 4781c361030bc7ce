-- Asks all homes. The offices with the most alarms since a day, at most ten, for the platform's own overview.
create or replace function offices_with_alarms(p_since date) returns table (code text, name text, alarms bigint)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select o.code, o.name, sum(d.events) from audit_days d join offices o on o.id = d.chain
  where d.day >= p_since and d.kind = 'alarm' group by o.code, o.name order by 3 desc, 1 limit 10 $$;
revoke execute on function offices_with_alarms(date) from public;
grant execute on function offices_with_alarms(date) to vestibule_app;
