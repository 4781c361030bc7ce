-- Puts an alarm among those that a mail has to report. A trigger, so that no way of writing an alarm forgets it, not
-- even the command line or a function of the database.
create or replace function audit_alarm() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into alarms_untold (at, type, office_code, request_id)
    values (new.at, new.type, (select code from offices where id = new.office_id), new.request_id);
  return null;
end $$;
revoke execute on function audit_alarm() from public;
