import type { Knex } from "knex";

/**
 * A hash chain over each office's audit events, and one over those without office. The application role can have
 * events sealed and old ones pruned, by two functions; it can write none of these tables itself.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES);
  await knex.raw(CONTENT);
  await knex.raw(SEAL);
  // What was there before waits for its seal as well. An owner that is no superuser sees it only without FORCE.
  await knex.raw(`
    alter table audit_events no force row level security;
    insert into audit_unsealed (chain, event_id)
      select coalesce(office_id, '00000000-0000-0000-0000-000000000000'), id from audit_events;
    alter table audit_events force row level security;
  `);
}

const TABLES = `
  -- The chain of the office that the transaction works for; of the events without office when there is none.
  create function vestibule_chain() returns uuid language sql stable
    as $$ select coalesce(vestibule_office(), '00000000-0000-0000-0000-000000000000') $$;

  -- Events that no sealer has come to; an event and its row here are written by one transaction.
  create table audit_unsealed (
    chain uuid not null,
    event_id bigint not null,
    primary key (chain, event_id)
  );

  -- hash: SHA-256 of the hash before it and of the event's content. Names an event and outlives it: no foreign key.
  create table audit_seals (
    chain uuid not null,
    position bigint not null,
    event_id bigint not null unique,
    hash bytea not null check (octet_length(hash) = 32),
    primary key (chain, position)
  );

  -- The end of each chain, and its checkpoint: up to there the events were pruned, and the chain goes on from its hash.
  create table audit_chains (
    chain uuid primary key,
    position bigint not null default 0,
    hash bytea not null default decode(repeat('00', 32), 'hex'),
    pruned_position bigint not null default 0,
    pruned_hash bytea not null default decode(repeat('00', 32), 'hex'),
    oldest_at timestamptz
  );
  create index audit_chains_oldest on audit_chains (oldest_at);

  -- Without FORCE on the queue and the ends: the two functions below look across offices, as their owner.
  alter table audit_unsealed enable row level security;
  create policy audit_unsealed_of_office on audit_unsealed for select using (chain = vestibule_chain());
  alter table audit_chains enable row level security;
  create policy audit_chains_of_office on audit_chains for select using (chain = vestibule_chain());
  alter table audit_seals enable row level security;
  alter table audit_seals force row level security;
  create policy audit_seals_of_office on audit_seals using (chain = vestibule_chain()) with check (chain = vestibule_chain());
  grant select on audit_unsealed, audit_seals, audit_chains to vestibule_app;

  create function audit_await_seal() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
  begin
    insert into audit_unsealed (chain, event_id)
      values (coalesce(new.office_id, '00000000-0000-0000-0000-000000000000'), new.id);
    return null;
  end $$;
  revoke execute on function audit_await_seal() from public;
  create trigger audit_await_seal after insert on audit_events for each row execute function audit_await_seal();
`;

const CONTENT = `
  -- One value: its length in bytes, a colon, the value; a hyphen for none. So no two rows are written alike.
  create function audit_part(p_value text) returns text language sql immutable as
    $$ select coalesce(octet_length(convert_to(p_value, 'UTF8')) || ':' || p_value, '-') $$;

  -- What a seal covers: every column. src/domain/audit/event-content.ts is the same, written a second time.
  create function audit_content(e audit_events) returns bytea language sql stable as $$
    select convert_to(audit_part('vestibule-audit-1') || audit_part(e.id::text)
      || audit_part((extract(epoch from e.at) * 1000000)::bigint::text)
      || audit_part(e.office_id::text) || audit_part(e.type) || audit_part(e.outcome) || audit_part(e.actor)
      || audit_part(e.subject) || audit_part(e.application_id) || audit_part(e.address::text)
      || audit_part(e.request_id) || audit_part(e.details::text), 'UTF8') $$;
`;

const SEAL = `
  -- Seals what waits and is committed, at most p_limit events a chain, and answers how many. A chain that another
  -- process seals at this moment is left to it, so that none forks and nobody waits.
  create function seal_audit_events(p_limit integer) returns integer language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
  declare
    before text := coalesce(current_setting('vestibule.office', true), '');
    waiting record;
    head audit_chains;
    event record;
    sealed integer := 0;
  begin
    for waiting in select distinct u.chain from (select chain from audit_unsealed limit p_limit) u loop
      insert into audit_chains (chain) values (waiting.chain) on conflict do nothing;
      select * into head from audit_chains c where c.chain = waiting.chain for update skip locked;
      continue when not found;
      perform set_config('vestibule.office',
        case when head.chain = '00000000-0000-0000-0000-000000000000' then '' else head.chain::text end, true);
      for event in
        with taken as (
          delete from audit_unsealed u where u.chain = head.chain and u.event_id in (
            select w.event_id from audit_unsealed w where w.chain = head.chain order by w.event_id limit p_limit)
          returning u.event_id)
        -- An event that is gone already gets its seal all the same: it is what tells of it.
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
      update audit_chains c set position = head.position, hash = head.hash, oldest_at = head.oldest_at
        where c.chain = head.chain;
    end loop;
    perform set_config('vestibule.office', before, true);
    return sealed;
  end $$;
  revoke execute on function seal_audit_events(integer) from public;
  grant execute on function seal_audit_events(integer) to vestibule_app;
`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger audit_await_seal on audit_events;
    drop function audit_await_seal();
    drop function seal_audit_events(integer);
    drop function audit_content(audit_events);
    drop function audit_part(text);
    drop table audit_chains;
    drop table audit_seals;
    drop table audit_unsealed;
    drop function vestibule_chain();
  `);
}
