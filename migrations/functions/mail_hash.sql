-- The hash of a mail address in mail_people, ignoring case.
create or replace function mail_hash(p_mail text) returns bytea language sql immutable
  as $$ select sha256(convert_to(lower(btrim(p_mail)), 'UTF8')) $$;
