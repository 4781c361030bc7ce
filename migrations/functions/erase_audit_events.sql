-- Erases what the log of one office (null: the events without one) has about a deleted user: the addresses from which they
-- acted, and personal details of events about them. Of an office that was deleted (p_subject null): all of it. Ids stay. At
-- most p_limit events; returns how many. Seals cover a salted hash of what is erased, so every chain still verifies.
create or replace function erase_audit_events(p_home smallint, p_office uuid, p_subject uuid, p_limit integer) returns integer
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  who text := p_subject::text;
  -- Of support, whose events are in the logs of all offices.
  subject_home smallint := home_of(p_subject);
  erased integer;
begin
  -- Never of a user who still has an account.
  if not exists (select from subjects s where s.home = subject_home and s.id = p_subject and s.deleted_at is not null)
    and not exists (select from offices o where p_subject is null and o.id = p_office and o.purged_at is not null) then
    raise exception 'Only events of deleted users and offices can be erased.';
  end if;
  perform set_config('vestibule.office', coalesce(p_office::text, ''), true);
  with candidates as (
    select e.id, e.address is not null and e.address_salt is not null
        and (who is null or e.actor = who or (e.subject = who and e.actor = 'visitor')) as of_address,
      e.personal_salt is not null and (who is null or e.subject = who) and e.details ?| audit_personal_keys() as of_details
    from audit_events e
    where e.home = p_home and e.office_id is not distinct from p_office and (who is null or e.subject = who or e.actor = who)),
  chosen as (select * from candidates c where c.of_address or c.of_details limit p_limit)
  update audit_events e set
    address_digest = case when c.of_address
      then decode(audit_veiled(e.address_salt, null, e.address::text), 'hex') else e.address_digest end,
    address_salt = case when c.of_address then null else e.address_salt end,
    address = case when c.of_address then null else e.address end,
    personal_digest = case when c.of_details
      then decode(audit_veiled(e.personal_salt, null, audit_personal(e.details)::text), 'hex') else e.personal_digest end,
    personal_salt = case when c.of_details then null else e.personal_salt end,
    details = case when c.of_details then e.details - audit_personal_keys() else e.details end
  from chosen c where e.home = p_home and e.id = c.id;
  get diagnostics erased = row_count;
  perform set_config('vestibule.office', before, true);
  return erased;
end $$;
revoke execute on function erase_audit_events(smallint, uuid, uuid, integer) from public;
grant execute on function erase_audit_events(smallint, uuid, uuid, integer) to vestibule_app;
