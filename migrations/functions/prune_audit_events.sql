-- Prunes one chain: of its first p_limit events, those that are older than p_before and whose seals verify. Returns how many were
-- removed; 0 when another process is at this chain. An event that does not verify stays, and so does everything after it.
create or replace function prune_audit_events(p_home smallint, p_chain uuid, p_before timestamptz, p_limit integer) returns integer
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  office uuid := nullif(p_chain, '00000000-0000-0000-0000-000000000000');
  head audit_chains;
  event record;
  next_at timestamptz;
  pruned integer := 0;
begin
  if p_before > clock_timestamp() - interval '180 days' then
    raise exception 'Audit events are kept for 180 days at least.';
  end if;
  select * into head from audit_chains c
    where c.home = p_home and c.chain = p_chain and c.oldest_at < p_before for update skip locked;
  if not found then
    return 0;
  end if;
  perform set_config('vestibule.office', coalesce(office::text, ''), true);
  for event in
    select s.position, s.hash, e.at, audit_content(e) as content
    from audit_seals s left join audit_events e on e.home = p_home and e.id = s.event_id
    where s.home = p_home and s.chain = p_chain and s.position > head.pruned_position order by s.position limit p_limit + 1
  loop
    next_at := event.at;
    exit when pruned = p_limit or event.at is null or event.at >= p_before
      or event.position <> head.pruned_position + 1
      or event.hash <> sha256(head.pruned_hash || event.content);
    head.pruned_position := event.position;
    head.pruned_hash := event.hash;
    pruned := pruned + 1;
    next_at := null;
  end loop;
  delete from audit_days d where d.home = p_home and d.chain = p_chain and d.day < p_before::date;
  if pruned > 0 then
    with gone as (
      delete from audit_seals s where s.home = p_home and s.chain = p_chain and s.position <= head.pruned_position
      returning s.event_id)
    delete from audit_events e using gone where e.home = p_home and e.id = gone.event_id;
    update audit_chains c
      set pruned_position = head.pruned_position, pruned_hash = head.pruned_hash, oldest_at = next_at
      where c.home = p_home and c.chain = p_chain;
    -- The checkpoint is part of the chain, so that an attacker cannot shorten it unnoticed.
    perform add_audit_events(p_home, clock_timestamp(), office,
      'audit.pruned', 'ok', 'vestibule', array[null], null, null, null, jsonb_build_object('events', pruned,
        'position', head.pruned_position, 'hash', encode(head.pruned_hash, 'hex')));
  end if;
  perform set_config('vestibule.office', before, true);
  return pruned;
end $$;
revoke execute on function prune_audit_events(smallint, uuid, timestamptz, integer) from public;
grant execute on function prune_audit_events(smallint, uuid, timestamptz, integer) to vestibule_app;
