import type { Knex } from "knex";

/**
 * The audit list reads the newest first, by any one thing that is looked for, without sorting. An office's own
 * ordinary events are most of the log: what is looked for among them by outcome is what did not go well.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index audit_events_time on audit_events (office_id, at desc, id desc);
    create index audit_events_type on audit_events (office_id, type, at desc, id desc);
    create index audit_events_outcome on audit_events (office_id, outcome, at desc, id desc) where outcome <> 'ok';
    create index audit_events_actor on audit_events (actor, at desc, id desc)
      where actor not in ('visitor', 'vestibule', 'command line');
    drop index audit_events_subject;
    create index audit_events_subject on audit_events (subject, at desc, id desc) where subject is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index audit_events_subject;
    create index audit_events_subject on audit_events (subject, id desc) where subject is not null;
    drop index audit_events_actor, audit_events_outcome, audit_events_type, audit_events_time;
  `);
}
