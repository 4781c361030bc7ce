-- Uses up the right answer of a passkey that takes the place of the password, and clears the user's wrong codes as spend_code does; a
-- lockout that is in effect stays, and so does an account of which only a reset helps. Returns false where its challenge was used before, or the
-- passkey was removed or has counted on meanwhile; what was written then has to be rolled back. p_answer: bytes are in hex. In a
-- transaction of the office. The counter only grows, where the authenticator counts at all. The counter of codes is locked first.
create or replace function use_passkey(p_home smallint, p_office uuid, p_user uuid, p_now timestamptz, p_answer json) returns boolean
language plpgsql as $$
begin
  perform from second_factor_guard g where g.home = p_home and g.office_id = p_office and g.user_id = p_user for update;
  delete from passkey_challenges c where c.home = p_home and c.user_id = p_user and c.ends_at <= p_now;
  insert into passkey_challenges (home, office_id, user_id, purpose, slot, challenge, ends_at)
    values (p_home, p_office, p_user, 'used', decode(p_answer ->> 'slot', 'hex'), decode(p_answer ->> 'challenge', 'hex'),
      (p_answer ->> 'endsAt')::timestamptz)
    on conflict do nothing;
  if not found then
    return false;
  end if;
  update passkeys k set counter = (p_answer ->> 'counter')::bigint, is_synced = (p_answer ->> 'isSynced')::boolean, used_at = p_now
    where k.home = p_home and k.office_id = p_office and k.user_id = p_user and k.id = decode(p_answer ->> 'id', 'hex')
      and (k.counter < (p_answer ->> 'counter')::bigint or (k.counter = 0 and (p_answer ->> 'counter')::bigint = 0));
  if not found then
    return false;
  end if;
  update factors f set used_at = p_now where f.home = p_home and f.user_id = p_user and f.kind = 'passkey';
  update second_factor_guard g set failed_attempts = 0, failed_since_success = 0, blocked_until = null, in_hand = '{}', wrong_form = null, wrong_as = null
    where g.home = p_home and g.office_id = p_office and g.user_id = p_user
      and (g.blocked_until is null or g.blocked_until <= p_now) and g.failed_since_success < (p_answer ->> 'frozenFrom')::integer;
  return true;
end $$;
