-- Whose passkey an id is among those of an office, with what its answer is judged by, as JSON; null where the office has none of this id,
-- or does not let a passkey take the place of the password. p_browsers: tokens of the browser's cookie; 'familiar' says whether one of them
-- is the account's. What the journey would read of the user comes along ('state', 'version', as by try_password), for which p_trust are the
-- browser's tokens of trust. 'used': the slots of challenges that the user has answered. Sets the office for its own read only.
create or replace function find_passkey_user(p_home smallint, p_office uuid, p_id bytea, p_browsers bytea[], p_trust bytea[],
  p_now timestamptz) returns json language plpgsql stable as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  answer jsonb;
  state json;
begin
  perform set_config('vestibule.office', p_office::text, true);
  select jsonb_build_object('userId', k.user_id, 'publicKey', k.public_key, 'counter', k.counter, 'handle', h.handle,
      'used', (select coalesce(json_agg(c.slot), '[]') from passkey_challenges c
        where c.home = p_home and c.user_id = k.user_id and c.purpose = 'used' and c.ends_at > p_now),
      'isActive', u.status = 'active' and o.status = 'open',
      'familiar', exists (select from familiar_browsers f where f.home = p_home and f.user_id = k.user_id
        and f.browser = any(p_browsers) and f.expires_at > p_now and f.proved_at >= u.password_changed_at),
      'look', jsonb_build_object('accent', o.accent, 'logoUrl', o.logo_url))
    into answer
    from passkeys k
      join users u on u.home = p_home and u.id = k.user_id
      join offices o on o.id = k.office_id
      left join passkey_handles h on h.home = p_home and h.user_id = k.user_id
    where k.home = p_home and k.office_id = p_office and k.id = p_id
      and o.is_passwordless and 'passkey' = any(o.second_factor_methods);
  if found then
    select row_to_json(s) into state from find_sign_in_state(p_home, p_office, (answer ->> 'userId')::uuid, p_trust, p_now) s;
    answer := answer || jsonb_build_object('state', state, 'version', md5(state::text));
  end if;
  perform set_config('vestibule.office', before, true);
  return answer;
end $$;
