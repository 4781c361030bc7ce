import type { Knex } from "knex";

/** A queue for each channel, what people have to be told of alarms, and where each chain of the audit log ends. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The queue "messages" is that of mails from now on; what waits there of other kinds is still done there.
    select jobs.create_queue('text-messages', '{"policy": "standard", "expireInSeconds": 60}'::jsonb);
    select jobs.create_queue('tasks', '{"policy": "standard", "expireInSeconds": 60}'::jsonb);
    grant select, insert, update, delete on all tables in schema jobs to vestibule_app;

    -- Alarms that no mail has told yet: what happened, where and in which request; nobody's name or address.
    create table alarms_untold (
      id bigint generated always as identity primary key,
      at timestamptz not null,
      type text not null,
      office_code text,
      request_id text
    );
    -- When the last mail about alarms was written; one row, which one process at a time moves on.
    create table alarm_digest (
      only_row boolean primary key default true check (only_row),
      sent_at timestamptz not null default '-infinity'
    );
    insert into alarm_digest default values;
    grant select, delete on alarms_untold to vestibule_app;
    grant select, update on alarm_digest to vestibule_app;

    -- Whoever writes an alarm, the command line or a function of the database included, cannot forget it.
    create function audit_alarm() returns trigger language plpgsql security definer
      set search_path = pg_catalog, public, pg_temp as $$
    begin
      insert into alarms_untold (at, type, office_code, request_id)
        values (new.at, new.type, (select code from offices where id = new.office_id), new.request_id);
      return null;
    end $$;
    revoke execute on function audit_alarm() from public;
    create trigger audit_alarm after insert on audit_events for each row when (new.outcome = 'alarm')
      execute function audit_alarm();

    -- The end of every chain, for whoever follows several: positions and nothing of the events.
    create function audit_heads() returns table (chain uuid, "position" bigint) language sql stable security definer
      set search_path = pg_catalog, public, pg_temp
      as $$ select c.chain, c.position from audit_chains c $$;
    revoke execute on function audit_heads() from public;
    grant execute on function audit_heads() to vestibule_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function audit_heads();
    drop trigger audit_alarm on audit_events;
    drop function audit_alarm();
    drop table alarm_digest;
    drop table alarms_untold;
    select jobs.delete_queue('tasks');
    select jobs.delete_queue('text-messages');
  `);
}
