import type { Knex } from "knex";
import { dropFunctions } from "../src/platform/database/migration-sql.ts";

/**
 * Users and offices can be deleted. What the audit log has of them can be erased without breaking its chain: from now on a seal
 * covers a salted hash of it. Events from before keep their seals, and what those cover. Not marked as one that older servers work
 * with: they would take the new seals for wrong ones.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- First without a default: it would give salts to the events that are sealed without.
    alter table audit_events
      add column address_salt uuid,
      add column address_digest bytea,
      add column personal_salt uuid,
      add column personal_digest bytea;
    alter table audit_events
      alter column address_salt set default gen_random_uuid(),
      alter column personal_salt set default gen_random_uuid();

    -- The row of a deleted user is all that stays. erased_at: the audit log has nothing personal of them any more.
    alter table subjects
      add column deleted_at timestamptz,
      -- Support acts in the logs of other offices, too.
      add column is_staff boolean not null default false,
      add column erased_at timestamptz,
      add constraint subjects_erased check (erased_at is null or deleted_at is not null);
    create index subjects_to_erase on subjects (deleted_at) where deleted_at is not null and erased_at is null;
    grant update (deleted_at, is_staff, erased_at) on subjects to vestibule_app;

    -- When a closed office is deleted, and when that was done. Its row stays: no office code is ever reused.
    alter table offices
      add column purge_at timestamptz,
      add column purged_at timestamptz,
      add constraint offices_purge check (purge_at is null or status = 'closed'),
      add constraint offices_purged check (purged_at is null or status = 'closed');
    create index offices_purge_at on offices (purge_at) where purge_at is not null and purged_at is null;

    alter table approval_requests drop constraint approval_requests_action_check;
    alter table approval_requests add constraint approval_requests_action_check
      check (action in ('reset', 'role', 'enable', 'delete'));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${dropFunctions("purge_office", "erase_audit_events", "audit_veiled", "audit_personal", "audit_personal_keys")}
    delete from approval_requests where action = 'delete';
    alter table approval_requests drop constraint approval_requests_action_check;
    alter table approval_requests add constraint approval_requests_action_check check (action in ('reset', 'role', 'enable'));
    alter table offices drop column purge_at, drop column purged_at;
    alter table subjects drop column deleted_at, drop column is_staff, drop column erased_at;
    alter table audit_events drop column address_salt, drop column address_digest, drop column personal_salt,
      drop column personal_digest;
  `);
}
