-- Uses up a code of a confirmed factor that was found right, and clears the user's wrong ones. Returns how many recovery codes are left,
-- 0 for another kind; null, and nothing is written, when the code was used meanwhile or its factor has changed. p_code: its kind, and
-- what names it; bytes are in hex. In a transaction of the office. The counter is locked first, as by a reset of the factor.
create or replace function spend_code(p_home smallint, p_office uuid, p_user uuid, p_now timestamptz, p_code json) returns integer
language plpgsql as $$
begin
  perform from second_factor_guard g where g.home = p_home and g.office_id = p_office and g.user_id = p_user for update;
  case p_code ->> 'kind'
    when 'totp' then
      -- The step only grows, so that two parallel requests cannot both use it.
      update factors f set last_step = (p_code ->> 'step')::bigint, used_at = p_now where f.home = p_home and f.user_id = p_user
        and f.kind = 'totp' and f.last_step < (p_code ->> 'step')::bigint;
    when 'sms', 'email' then
      -- No row: it was used, a newer one was sent, it has expired, or the number or address is no longer the confirmed one.
      update sent_codes c set used_at = p_now where c.home = p_home and c.user_id = p_user and c.kind = p_code ->> 'kind'
        and c.purpose = 'sign-in' and c.binding = decode(p_code ->> 'slot', 'hex') and c.hash = decode(p_code ->> 'hash', 'hex')
        and c.used_at is null and c.expires_at > p_now and mail_hash(c.sent_to) = mail_hash(confirmed_address(p_home, p_user, p_code ->> 'kind'));
    when 'passkey' then
      -- The counter only grows, where the authenticator counts at all. No row: the passkey was removed meanwhile.
      update passkeys k set counter = (p_code ->> 'counter')::bigint, is_synced = (p_code ->> 'isSynced')::boolean, used_at = p_now
        where k.home = p_home and k.user_id = p_user and k.id = decode(p_code ->> 'id', 'hex')
          and (k.counter < (p_code ->> 'counter')::bigint or (k.counter = 0 and (p_code ->> 'counter')::bigint = 0));
    when 'recovery' then
      update recovery_codes c set used_at = p_now where c.home = p_home and c.user_id = p_user
        and c.hash = decode(p_code ->> 'hash', 'hex') and c.used_at is null;
  end case;
  if not found then
    return null;
  end if;
  if p_code ->> 'kind' in ('sms', 'email', 'passkey') then
    update factors f set used_at = p_now where f.home = p_home and f.user_id = p_user and f.kind = p_code ->> 'kind';
  end if;
  if p_code ->> 'kind' = 'passkey' then
    -- The same form again, whose try was reserved while this waited, is another thing than one that was never right.
    insert into passkey_challenges (home, office_id, user_id, purpose, slot, challenge, ends_at)
      values (p_home, p_office, p_user, 'used', decode(p_code ->> 'slot', 'hex'), decode(p_code ->> 'challenge', 'hex'),
        p_now + interval '5 minutes')
      on conflict (home, user_id, purpose, slot) do update set challenge = excluded.challenge, ends_at = excluded.ends_at;
  end if;
  update second_factor_guard g set failed_attempts = 0, failed_since_success = 0, blocked_until = null, in_hand = '{}', wrong_form = null, wrong_as = null
    where g.home = p_home and g.office_id = p_office and g.user_id = p_user;
  return case p_code ->> 'kind' when 'recovery' then (select count(*) from recovery_codes c
    where c.home = p_home and c.user_id = p_user and c.used_at is null) else 0 end;
end $$;
