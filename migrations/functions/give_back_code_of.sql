-- The same for a try that was reserved together with the read of a sign-in, where the answer was lost: it would have said whose it was.
create or replace function give_back_code_of(p_home smallint, p_id bytea, p_now timestamptz, p_try bytea) returns void
language plpgsql as $$
begin
  perform give_back_code(p_home, s.office_id, s.user_id, p_now, p_try, false) from sign_ins s where s.home = p_home and s.id = p_id;
end $$;
