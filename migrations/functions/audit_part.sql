-- One value: its length in bytes, a colon, the value; a hyphen for null. So no two rows have the same encoding.
create or replace function audit_part(p_value text) returns text language sql immutable as
  $$ select coalesce(octet_length(convert_to(p_value, 'UTF8')) || ':' || p_value, '-') $$;
