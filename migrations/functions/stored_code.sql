-- What a typed code is compared with, under a name of its own for each kind of code. p_slot: of the message that is asked for. In a transaction of the office.
create or replace function stored_code(p_home smallint, p_user uuid, p_kind text, p_slot bytea, p_now timestamptz) returns json
language plpgsql as $$
declare
  challenge bytea;
  code_kind text;
begin
  case p_kind
    when 'totp', 'new-totp' then
      return json_build_object('app',
        (select json_build_object('sealed', f.sealed_secret, 'lastStep', f.last_step, 'confirmedAt', f.confirmed_at)
          from factors f where f.home = p_home and f.user_id = p_user and f.kind = 'totp'));
    when 'sms', 'new-sms', 'email', 'new-email' then
      code_kind := replace(p_kind, 'new-', '');
      return json_build_object('message', json_build_object(
        'sent', (select json_build_object('to', c.sent_to, 'hash', c.hash, 'usedAt', c.used_at, 'isExpired', c.expires_at <= p_now,
            'superseded', coalesce(c.superseded, '{}'))
          from sent_codes c where c.home = p_home and c.user_id = p_user and c.kind = code_kind and c.binding = p_slot
            and c.purpose = case p_kind when code_kind then 'sign-in' else 'enrol' end),
        'usedLast', (select json_build_object('binding', c.binding, 'purpose', c.purpose, 'to', c.sent_to, 'hash', c.hash)
          from sent_codes c where c.home = p_home and c.user_id = p_user and c.kind = code_kind and c.used_at is not null order by c.used_at desc limit 1),
        'confirmed', confirmed_address(p_home, p_user, code_kind)));
    when 'recovery' then
      return json_build_object('recovery', (select json_build_object('salt', s.salt, 'codes',
          (select coalesce(json_agg(json_build_object('hash', c.hash, 'isUsed', c.used_at is not null)), '[]')
            from recovery_codes c where c.home = p_home and c.user_id = p_user))
        from recovery_code_sets s where s.home = p_home and s.user_id = p_user));
    when 'passkey', 'new-passkey' then
      -- Deleted as it is read: a challenge is good for one try, also for two at the same moment.
      delete from passkey_challenges c where c.home = p_home and c.user_id = p_user and c.slot = p_slot
        and c.purpose = case p_kind when 'passkey' then 'sign-in' else 'enrol' end
        returning case when c.ends_at > p_now then c.challenge end into challenge;
      return json_build_object('passkeys', json_build_object('challenge', challenge, 'slot', encode(p_slot, 'hex'),
        'answered', (select c.challenge from passkey_challenges c where c.home = p_home and c.user_id = p_user and c.slot = p_slot
          and c.purpose = 'used' and c.ends_at > p_now), 'known',
        (select coalesce(json_agg(json_build_object('id', k.id, 'publicKey', k.public_key, 'counter', k.counter, 'addedAt', k.added_at)),
          '[]') from passkeys k where k.home = p_home and k.user_id = p_user),
        'models', case p_kind when 'new-passkey' then (select o.passkey_models from offices o where o.id = vestibule_office()) end));
    when 'enrolment' then
      return json_build_object('enrolment', (select json_build_object('hash', w.code_hash) from enrolment_windows w
        where w.home = p_home and w.user_id = p_user and w.code_ends_at > p_now));
  end case;
end $$;
