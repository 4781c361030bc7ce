/** An insert of audit events behind Vestibule's back, with their seals queued as `add_audit_events` does. Answers their ids. */
export const withSeals = (insert: string): string => `
  with added as (${insert} returning home, id, office_id),
  queued as (
    insert into audit_unsealed (home, chain, event_id)
    select home, coalesce(office_id, '00000000-0000-0000-0000-000000000000'), id from added)
  select id from added`;
