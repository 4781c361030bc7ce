-- What a seal covers of a value that can be erased: a salted hash, which stays when value and salt are gone. Without the
-- salt it reveals nothing, also for a value that could be guessed.
create or replace function audit_veiled(p_salt uuid, p_digest bytea, p_value text) returns text language sql immutable as $$
  select case when p_salt is null then coalesce(encode(p_digest, 'hex'), '') || coalesce(p_value, '')
    else encode(sha256(uuid_send(p_salt) || convert_to(audit_part(p_value), 'UTF8')), 'hex')
      || coalesce(encode(p_digest, 'hex'), '') end $$;
