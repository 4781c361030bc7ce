-- Asks all homes. The counts of all offices together since a day. Only the platform's own overview asks for it; it names no office.
create or replace function audit_days_of_all(p_since date) returns table (day date, kind text, events bigint)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.day, d.kind, sum(d.events) from audit_days d where d.day >= p_since group by d.day, d.kind $$;
revoke execute on function audit_days_of_all(date) from public;
grant execute on function audit_days_of_all(date) to vestibule_app;
