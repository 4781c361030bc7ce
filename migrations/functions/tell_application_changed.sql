-- Notifies every server process that its cached copy of an application is outdated.
create or replace function tell_application_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('vestibule_application', coalesce(new.id, old.id));
  return null;
end $$;
