-- The office of the running transaction. Unset means none, and then no row is visible.
create or replace function vestibule_office() returns uuid language sql stable
  as $$ select nullif(current_setting('vestibule.office', true), '')::uuid $$;
