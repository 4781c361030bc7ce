-- Queues an alarm for the next mail. A trigger, so that every alarm is covered, including those of the command line
-- and of database functions.
create or replace function audit_alarm() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into alarms_untold (at, type, office_code, request_id)
    values (new.at, new.type, (select code from offices where id = new.office_id), new.request_id);
  return null;
end $$;
revoke execute on function audit_alarm() from public;
