-- The bytes that a seal covers: every column. src/domain/audit/event-content.ts is the same, written independently.
create or replace function audit_content(e audit_events) returns bytea language sql stable as $$
  select convert_to(audit_part('vestibule-audit-1') || audit_part(e.id::text)
    || audit_part((extract(epoch from e.at) * 1000000)::bigint::text)
    || audit_part(e.office_id::text) || audit_part(e.type) || audit_part(e.outcome) || audit_part(e.actor)
    || audit_part(e.subject) || audit_part(e.application_id) || audit_part(e.address::text)
    || audit_part(e.request_id) || audit_part(e.details::text), 'UTF8') $$;
