-- The bytes that a seal covers: every column. src/domain/audit/event-content.ts is the same, written independently.
-- Events from before migration 031 have no salts, and their seals cover the values themselves.
create or replace function audit_content(e audit_events) returns bytea language sql stable as $$
  select convert_to(case when num_nonnulls(e.address_salt, e.address_digest, e.personal_salt, e.personal_digest) = 0
    then audit_part('vestibule-audit-1') || audit_part(e.id::text)
      || audit_part((extract(epoch from e.at) * 1000000)::bigint::text)
      || audit_part(e.office_id::text) || audit_part(e.type) || audit_part(e.outcome) || audit_part(e.actor)
      || audit_part(e.subject) || audit_part(e.application_id) || audit_part(e.address::text)
      || audit_part(e.request_id) || audit_part(e.details::text)
    else audit_part('vestibule-audit-2') || audit_part(e.id::text)
      || audit_part((extract(epoch from e.at) * 1000000)::bigint::text)
      || audit_part(e.office_id::text) || audit_part(e.type) || audit_part(e.outcome) || audit_part(e.actor)
      || audit_part(e.subject) || audit_part(e.application_id)
      || audit_part(audit_veiled(e.address_salt, e.address_digest, e.address::text))
      || audit_part(e.request_id) || audit_part((e.details - audit_personal_keys())::text)
      || audit_part(audit_veiled(e.personal_salt, e.personal_digest, audit_personal(e.details)::text))
    end, 'UTF8') $$;
