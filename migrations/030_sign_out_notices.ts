import type { Knex } from "knex";

/** Applications are told of sign-outs by jobs, which are made where a session ends: whoever ends one cannot forget it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    select jobs.create_queue('sign-outs', '{"policy": "standard", "expireInSeconds": 60}'::jsonb);

    -- Asks that the applications of an ended session are told of it, in the transaction that ends it. The
    -- authorizations are those of oidc-provider's session: application -> { sid }. Answers how many are told.
    -- Eight tries more, after 5, 10, 20 … seconds: about half an hour.
    create function tell_signed_out(p_account uuid, p_authorizations json) returns integer language plpgsql as $$
    declare
      told integer;
    begin
      insert into jobs.job (name, data, policy, expire_seconds, retry_limit, retry_delay, retry_backoff, retry_delay_max,
        deletion_seconds)
      select 'sign-outs',
        jsonb_build_object('applicationId', a.id, 'accountId', p_account, 'sid', e.value ->> 'sid'),
        'standard', 60, 8, 5, true, 600, 600
      from json_each(coalesce(p_authorizations, '{}')) e
      join applications a on a.id = e.key
      where a.settings ->> 'backchannelLogoutUri' is not null and e.value ->> 'sid' is not null;
      get diagnostics told = row_count;
      return told;
    end $$;

    -- Sessions that began before this moment are dead already (users.valid_from). Here their rows leave, and their
    -- applications are told.
    create function drop_dead_sessions(p_account uuid, p_before double precision) returns void language plpgsql as $$
    declare
      told integer;
    begin
      with gone as (
        delete from engine_models m
        where m.kind = 1 and m.account_id = p_account and coalesce((m.payload ->> 'loginTs')::float8, 0) < p_before
        returning m.payload)
      select count(tell_signed_out(p_account, payload -> 'authorizations')) into told from gone;
    end $$;

    create function user_sessions_ended() returns trigger language plpgsql as $$
    begin
      perform drop_dead_sessions(new.id,
        case when new.status = 'active' then extract(epoch from new.valid_from)::float8 else 'infinity' end);
      return null;
    end $$;
    create trigger user_sessions_ended after update of valid_from, status on users for each row
      when (new.valid_from > old.valid_from or (new.status <> 'active' and old.status = 'active'))
      execute function user_sessions_ended();

    create function office_sessions_ended() returns trigger language plpgsql as $$
    begin
      perform drop_dead_sessions(u.id, 'infinity') from users u where u.office_id = new.id;
      return null;
    end $$;
    create trigger office_sessions_ended after update of status on offices for each row
      when (new.status = 'closed' and old.status <> 'closed')
      execute function office_sessions_ended();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger office_sessions_ended on offices;
    drop trigger user_sessions_ended on users;
    drop function office_sessions_ended();
    drop function user_sessions_ended();
    drop function drop_dead_sessions(uuid, double precision);
    drop function tell_signed_out(uuid, json);
    select jobs.delete_queue('sign-outs');
  `);
}
