-- The hash of an email address in mail_people, ignoring case. Addresses are ASCII; the locale of the database has no say in them.
create or replace function mail_hash(p_mail text) returns bytea language sql immutable
  as $$ select sha256(convert_to(lower(btrim(p_mail) collate "C"), 'UTF8')) $$;
