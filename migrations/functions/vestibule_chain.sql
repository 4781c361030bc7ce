-- The chain of the transaction's office; without an office, the chain of the events without one.
create or replace function vestibule_chain() returns uuid language sql stable
  as $$ select coalesce(vestibule_office(), '00000000-0000-0000-0000-000000000000') $$;
