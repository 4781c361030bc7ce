-- The kind under which an event is counted in audit_days; null: it is not.
create or replace function audit_kind(e audit_events) returns text language sql immutable as $$
  select case
    when e.outcome = 'alarm' then 'alarm'
    when e.type = 'sign-in' and e.outcome = 'ok' then 'sign-in'
    when e.type in ('password.wrong', 'password.throttled', 'code.wrong', 'code.blocked') then 'refused'
    when e.type = 'sms.sent' then 'message'
    when e.type = 'factor.enrolled' then 'enrolled'
  end $$;
