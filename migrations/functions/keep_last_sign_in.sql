-- Records when a user last signed in. A trigger on the audit log, so that every way of signing in is covered.
create or replace function keep_last_sign_in() returns trigger language plpgsql as $$
begin
  update last_sign_ins set at = new.at where user_id = new.subject::uuid and at < new.at;
  return null;
end $$;
