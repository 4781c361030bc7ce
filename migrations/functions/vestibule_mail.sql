-- The email address of the running statement. Unset means none, and then no row of another office is visible.
create or replace function vestibule_mail() returns bytea language sql stable
  as $$ select decode(nullif(current_setting('vestibule.mail', true), ''), 'hex') $$;
