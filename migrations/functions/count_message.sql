-- Counts a message on each limit of p_budget (src/domain/factors/message-budget.ts). 'full': the scopes that were full already; the caller rolls
-- back then, so that a message that is not sent counts nowhere. 'used': of the counter that is watched. At each of its marks the office's
-- alarm is written, and comes back as 'warned'. In a transaction of the office.
create or replace function count_message(p_home smallint, p_office uuid, p_now timestamptz, p_budget json) returns json
language plpgsql as $$
declare
  watched json := p_budget -> 'watched';
  counted jsonb;
  spent json;
  used_up integer;
  mark json;
begin
  select coalesce(jsonb_object_agg(r.scope, r.used), '{}') into counted from (
    select array_agg((l ->> 'home')::smallint) as homes, array_agg(l ->> 'scope') as scopes, array_agg(decode(l ->> 'key', 'hex')) as keys,
      array_agg((l ->> 'limit')::integer) as limits, array_agg((l ->> 'minutes')::integer) as minutes,
      array_agg((l ->> 'isShared')::boolean) as shared
    from json_array_elements(p_budget -> 'limits') l) c
  cross join lateral rate_limit_reserve(c.homes, c.scopes, c.keys, c.limits, c.minutes, c.shared, p_now) r;
  select coalesce(json_agg(l ->> 'scope'), '[]') into spent from json_array_elements(p_budget -> 'limits') l
    where not counted ? (l ->> 'scope');
  if json_array_length(spent) = 0 and watched is not null then
    used_up := (counted ->> (watched ->> 'scope'))::integer;
    select m into mark from json_array_elements(watched -> 'marks') m where (m ->> 'sent')::integer = used_up limit 1;
    if mark is not null then
      perform add_audit_events(p_home, p_now, p_office, watched ->> 'event', 'alarm', 'vestibule', array[p_office::text], null, null, null,
        mark::jsonb);
    end if;
  end if;
  return json_build_object('full', spent, 'used', used_up, 'warned', mark);
end $$;
