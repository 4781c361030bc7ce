-- Everything that the password page needs before it checks a password, in one round trip. p_home is what the caller takes for the
-- home of the office: of one that is elsewhere only the office is returned, and the caller asks again there. Of the browser's
-- tokens, 'familiar' is the one that is the account's; it is outdated when the account has got a new password since.
create or replace function find_sign_in_candidate(p_home smallint, p_office_code text, p_username_key text, p_browsers bytea[],
  p_now timestamptz)
returns table (office json, account json, password_hash text, familiar bytea, is_outdated boolean) language plpgsql stable as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  found_office offices%rowtype;
  found_user users%rowtype;
begin
  select o.* into found_office from offices o where o.code = p_office_code;
  if not found then
    return;
  end if;
  office := json_build_object('id', found_office.id, 'code', found_office.code, 'name', found_office.name,
    'status', found_office.status, 'accent', found_office.accent, 'logoUrl', found_office.logo_url);
  perform set_config('vestibule.office', found_office.id::text, true);
  select u.* into found_user from users u
    where u.home = p_home and u.office_id = found_office.id and u.username_key = p_username_key;
  if found then
    account := json_build_object('id', found_user.id, 'status', found_user.status,
      'validFrom', extract(epoch from
        greatest(found_user.valid_from, found_user.others_ended_at, found_user.trust_ended_at))::float8);
    password_hash := found_user.password_hash;
    select f.browser, f.proved_at < found_user.password_changed_at into familiar, is_outdated from familiar_browsers f
      where f.home = p_home and f.user_id = found_user.id and f.browser = any(p_browsers) and f.expires_at > p_now
      order by f.proved_at desc limit 1;
  end if;
  perform set_config('vestibule.office', before, true);
  return next;
end $$;
