-- The details of an event that are about a person. Part of what is sealed: another list would break every chain.
create or replace function audit_personal_keys() returns text[] language sql immutable
  as $$ select array['name', 'number', 'old', 'reason', 'to'] $$;
