-- Seals committed events that wait, at most p_limit per chain, and returns how many. A chain that another process
-- is sealing is skipped, so that none forks and no process waits.
create or replace function seal_audit_events(p_limit integer) returns integer language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  waiting record;
  head audit_chains;
  event record;
  sealed integer := 0;
  first_position bigint;
begin
  for waiting in select distinct u.chain from (select chain from audit_unsealed limit p_limit) u loop
    insert into audit_chains (chain) values (waiting.chain) on conflict do nothing;
    select * into head from audit_chains c where c.chain = waiting.chain for update skip locked;
    continue when not found;
    first_position := head.position;
    perform set_config('vestibule.office',
      case when head.chain = '00000000-0000-0000-0000-000000000000' then '' else head.chain::text end, true);
    for event in
      with taken as (
        delete from audit_unsealed u where u.chain = head.chain and u.event_id in (
          select w.event_id from audit_unsealed w where w.chain = head.chain order by w.event_id limit p_limit)
        returning u.event_id)
      -- An event that is already gone still gets its seal: the seal proves that it existed.
      select t.event_id, e.at, audit_content(e) as content
      from taken t left join audit_events e on e.id = t.event_id order by t.event_id
    loop
      head.position := head.position + 1;
      head.hash := sha256(head.hash || event.content);
      head.oldest_at := coalesce(head.oldest_at, event.at);
      insert into audit_seals (chain, position, event_id, hash)
        values (head.chain, head.position, event.event_id, head.hash);
      sealed := sealed + 1;
    end loop;
    -- Each event is sealed once, so it is counted once, in the transaction of its seal.
    insert into audit_days as d (chain, day, kind, events)
      select head.chain, (e.at at time zone 'UTC')::date, audit_kind(e), count(*)
      from audit_seals s join audit_events e on e.id = s.event_id
      where s.chain = head.chain and s.position > first_position and audit_kind(e) is not null
      group by 2, 3 order by 2, 3
      on conflict (home, chain, day, kind) do update set events = d.events + excluded.events;
    update audit_chains c set position = head.position, hash = head.hash, oldest_at = head.oldest_at
      where c.chain = head.chain;
  end loop;
  perform set_config('vestibule.office', before, true);
  return sealed;
end $$;
revoke execute on function seal_audit_events(integer) from public;
grant execute on function seal_audit_events(integer) to vestibule_app;
