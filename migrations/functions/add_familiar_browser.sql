-- Makes a browser familiar to a user. Deletes the token that it replaces, those that have expired, and the oldest ones beyond p_most.
-- p_before: the tokens that the browser has so far; returns those of them that were replaced. Two sign-ins that end at the same moment
-- replace one token by two; the browser keeps the one that it receives last.
create or replace function add_familiar_browser(p_home smallint, p_office uuid, p_user uuid, p_browser bytea, p_before bytea[],
  p_at timestamptz, p_until timestamptz, p_most integer) returns bytea[] language plpgsql as $$
declare
  replaced bytea[];
begin
  with forgotten as (
    delete from familiar_browsers b where b.home = p_home and b.user_id = p_user and b.browser <> p_browser
      and (b.browser = any(p_before) or b.expires_at <= now() or b.browser in (
        select f.browser from familiar_browsers f
        where f.home = p_home and f.user_id = p_user and f.browser <> all(p_before)
        order by f.proved_at desc, f.browser offset p_most - 1))
    returning b.browser),
  added as (
    insert into familiar_browsers (home, office_id, user_id, browser, proved_at, expires_at)
    values (p_home, p_office, p_user, p_browser, p_at, p_until))
  select coalesce(array_agg(g.browser), '{}') into replaced from forgotten g where g.browser = any(p_before);
  return replaced;
end $$;
