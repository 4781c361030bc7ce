-- The chain of the office that the transaction works for; of the events without office when there is none.
create or replace function vestibule_chain() returns uuid language sql stable
  as $$ select coalesce(vestibule_office(), '00000000-0000-0000-0000-000000000000') $$;
