-- Adds an event to the audit log for each of p_subjects (null: it is about none), and what follows from it, in one call: it waits
-- for its seal; an alarm waits for the next mail; a sign-in is the user's last one. The only way to add events: the application role
-- has no right to insert them, so that none escapes its seal. In a transaction of the event's office only, also where the owner of the
-- tables passes row-level security.
create or replace function add_audit_events(p_home smallint, p_at timestamptz, p_office uuid, p_type text, p_outcome text,
  p_actor text, p_subjects text[], p_application text, p_address inet, p_request text, p_details jsonb) returns void
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  one text;
  event bigint;
begin
  if p_office is distinct from vestibule_office() then
    raise exception 'An audit event is added in a transaction of its office.' using errcode = 'insufficient_privilege';
  end if;
  -- One by one: a statement for all of them would be planned anew each time.
  foreach one in array p_subjects loop
    insert into audit_events (home, at, office_id, type, outcome, actor, subject, application_id, address, request_id, details)
      values (p_home, p_at, p_office, p_type, p_outcome, p_actor, one, p_application, p_address, p_request, p_details)
      returning id into event;
    insert into audit_unsealed (home, chain, event_id)
      values (p_home, coalesce(p_office, '00000000-0000-0000-0000-000000000000'), event);
    if p_outcome = 'alarm' then
      -- What happened, where and in which request; no name and no address.
      insert into alarms_untold (home, at, type, office_code, request_id)
        values (p_home, p_at, p_type, (select o.code from offices o where o.id = p_office), p_request);
    elsif p_type = 'sign-in' and p_outcome = 'ok' and one ~ '^[0-9a-f-]{36}$' then
      update last_sign_ins l set at = p_at where l.home = p_home and l.user_id = one::uuid and l.office_id = p_office and l.at < p_at;
    end if;
  end loop;
end $$;
revoke execute on function add_audit_events(smallint, timestamptz, uuid, text, text, text, text[], text, inet, text, jsonb)
  from public;
grant execute on function add_audit_events(smallint, timestamptz, uuid, text, text, text, text[], text, inet, text, jsonb)
  to vestibule_app;
