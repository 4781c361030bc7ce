-- Those of an event's details that are about a person; null for none.
create or replace function audit_personal(p_details jsonb) returns jsonb language sql immutable
  as $$ select jsonb_object_agg(d.key, d.value) from jsonb_each(p_details) d where d.key = any(audit_personal_keys()) $$;
