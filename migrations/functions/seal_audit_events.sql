-- Seals committed events of one chain that wait, at most p_limit, and returns how many. 0 when another process is sealing this
-- chain, so that it does not fork and no process waits.
create or replace function seal_audit_events(p_home smallint, p_chain uuid, p_limit integer) returns integer language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  head audit_chains;
  event record;
  sealed integer := 0;
  days date[];
  kinds text[];
begin
  -- Asked first: an insert that meets a row which another process has changed would wait for that process.
  if not exists (select from audit_chains c where c.home = p_home and c.chain = p_chain) then
    insert into audit_chains (home, chain) values (p_home, p_chain) on conflict do nothing;
  end if;
  select * into head from audit_chains c where c.home = p_home and c.chain = p_chain for update skip locked;
  if not found then
    return 0;
  end if;
  perform set_config('vestibule.office',
    case when p_chain = '00000000-0000-0000-0000-000000000000' then '' else p_chain::text end, true);
  for event in
    with taken as (
      delete from audit_unsealed u where u.home = p_home and u.chain = p_chain and u.event_id <= (
        select max(first.event_id) from (
          select w.event_id from audit_unsealed w where w.home = p_home and w.chain = p_chain order by w.event_id limit p_limit) first)
      returning u.event_id)
    -- An event that is already gone still gets its seal: the seal proves that it existed.
    select t.event_id, e.at, audit_content(e) as content, (e.at at time zone 'UTC')::date as day,
      case when e.id is not null then audit_kind(e) end as kind
    from taken t left join audit_events e on e.home = p_home and e.id = t.event_id order by t.event_id
  loop
    sealed := sealed + 1;
    head.hash := sha256(head.hash || event.content);
    head.oldest_at := coalesce(head.oldest_at, event.at);
    days := array_append(days, event.day);
    kinds := array_append(kinds, event.kind);
    insert into audit_seals (home, chain, position, event_id, hash)
      values (p_home, p_chain, head.position + sealed, event.event_id, head.hash);
  end loop;
  -- Each event is sealed once, so it is counted once, in the transaction of its seal. Not read back from the tables: where their
  -- statistics know of few rows, the join of seals and events was planned as a loop in a loop.
  insert into audit_days as d (home, chain, day, kind, events)
    select p_home, p_chain, each.day, each.kind, count(*) from unnest(days, kinds) as each (day, kind)
    where each.kind is not null group by 3, 4 order by 3, 4
    on conflict (home, chain, day, kind) do update set events = d.events + excluded.events;
  update audit_chains c set position = head.position + sealed, hash = head.hash, oldest_at = head.oldest_at
    where c.home = p_home and c.chain = p_chain;
  -- In the transaction of the seals: no event is sealed whose receivers are not due. One that is being served stays claimed, and is
  -- looked at again afterwards. Those that are due are written too: a turn that began now would not see these seals yet, and would
  -- end by saying that there is nothing left.
  if sealed > 0 then
    update webhooks w set due_at = least(w.due_at, now()) where w.home = p_home and w.state = 'on'
      and w.office_id is not distinct from nullif(p_chain, '00000000-0000-0000-0000-000000000000');
  end if;
  perform set_config('vestibule.office', before, true);
  return sealed;
end $$;
revoke execute on function seal_audit_events(smallint, uuid, integer) from public;
grant execute on function seal_audit_events(smallint, uuid, integer) to vestibule_app;
