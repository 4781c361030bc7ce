-- The challenge of a page that asks for a passkey or sets one up, with what the browser needs beside it. p_new (challenge and handle in
-- hex): what is stored where there is none yet. One that is young enough stays, so that two tabs of one sign-in share it. A set-up makes
-- the user's handle, and is told the names of the models that the office accepts and the metadata do not refuse (null: any). Sets the office for itself only.
create or replace function open_passkey_challenge(p_home smallint, p_office uuid, p_user uuid, p_purpose text, p_slot bytea,
  p_now timestamptz, p_new json) returns json language plpgsql as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  answer json;
begin
  perform set_config('vestibule.office', p_office::text, true);
  delete from passkey_challenges c where c.home = p_home and c.user_id = p_user and c.ends_at <= p_now;
  if p_purpose = 'enrol' then
    insert into passkey_handles (home, office_id, user_id, handle)
      values (p_home, p_office, p_user, decode(p_new ->> 'handle', 'hex')) on conflict do nothing;
  end if;
  insert into passkey_challenges as c (home, office_id, user_id, purpose, slot, challenge, ends_at)
    values (p_home, p_office, p_user, p_purpose, p_slot, decode(p_new ->> 'challenge', 'hex'), (p_new ->> 'endsAt')::timestamptz)
    on conflict (home, user_id, purpose, slot) do update set
      challenge = case when c.ends_at > (p_new ->> 'keptUntil')::timestamptz then c.challenge else excluded.challenge end,
      ends_at = case when c.ends_at > (p_new ->> 'keptUntil')::timestamptz then c.ends_at else excluded.ends_at end
    returning json_build_object('challenge', c.challenge, 'endsAt', c.ends_at,
      'handle', (select h.handle from passkey_handles h where h.home = p_home and h.user_id = p_user),
      'passkeys', (select coalesce(json_agg(json_build_object('id', k.id, 'transports', k.transports) order by k.used_at desc nulls last),
        '[]') from passkeys k where k.home = p_home and k.user_id = p_user),
      'models', case p_purpose when 'enrol' then (select case when o.passkey_models is not null then (
          select coalesce(json_agg(m.name order by m.name, m.aaguid), '[]') from authenticator_models m
          where m.aaguid = any(o.passkey_models) and m.refused_for is null) end
        from offices o where o.id = p_office) end)
      into answer;
  perform set_config('vestibule.office', before, true);
  return answer;
end $$;
