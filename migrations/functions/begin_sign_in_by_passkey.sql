-- The same as begin_sign_in for the right answer of a passkey (use_passkey) in place of a password. Where either cannot be, no row is
-- returned and neither is written. The sign-in comes first: its version is of the state before the answer was used, and it is locked
-- before the counter of codes, as by advance_sign_in.
create or replace function begin_sign_in_by_passkey(p_home smallint, p_id bytea, p_office uuid, p_user uuid, p_application text,
  p_facts jsonb, p_now timestamptz, p_expires timestamptz, p_trust bytea[], p_version text, p_answer json, p_end json)
returns table (is_first boolean, replaced bytea[]) language plpgsql as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
begin
  perform set_config('vestibule.office', p_office::text, true);
  select b.is_first, b.replaced into is_first, replaced from begin_sign_in(p_home, p_id, p_office, p_user, p_application, p_facts,
    p_now, p_expires, p_trust, p_version, '{}', '{}', '{}', p_end) b;
  if not found then
    raise exception 'changed' using errcode = 'VE001';
  end if;
  if not use_passkey(p_home, p_office, p_user, p_now, p_answer) then
    raise exception 'used' using errcode = 'VE001';
  end if;
  perform set_config('vestibule.office', before, true);
  return next;
exception when sqlstate 'VE001' then
  perform set_config('vestibule.office', before, true);
end $$;
