-- Deletes a part of an office whose time has come: at most p_limit users with their tokens, or rows of one other table. Returns how
-- many rows went; 0: nothing is left, and the office's own row is emptied and marked as done. The audit log, the ids of its users and
-- its code stay. By the catalogue, so that a table or column that is added later is not forgotten.
create or replace function purge_office(p_home smallint, p_office uuid, p_limit integer) returns integer language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  people uuid[];
  one record;
  gone integer := 0;
begin
  if not exists (select from offices o where o.id = p_office and o.purged_at is not null and o.status = 'closed') then
    raise exception 'Only an office that is being deleted can be purged.';
  end if;
  perform set_config('vestibule.office', p_office::text, true);
  people := array(select u.id from users u where u.home = p_home and u.office_id = p_office order by u.id limit p_limit);
  if cardinality(people) > 0 then
    with owned as (
      delete from oidc_models m where m.home = p_home and m.account_id = any(people) and m.kind in (0, 1, 5)
      returning case m.kind when 0 then convert_from(m.id, 'UTF8') else m.grant_id end as grant_id)
    delete from oidc_models m using (select distinct grant_id from owned where grant_id is not null) o
      where m.home = p_home and m.grant_id = o.grant_id;
    delete from users u where u.home = p_home and u.id = any(people);
    update subjects s set deleted_at = clock_timestamp() where s.home = p_home and s.id = any(people);
    gone := cardinality(people);
  end if;
  for one in
    select format('delete from %1$I t where %2$s t.ctid = any(array(select t.ctid from %1$I t where %2$s t.office_id = $2 limit $3))',
      c.relname, case when h.attname is not null then 't.home = $1 and' end) as statement
    from pg_attribute a join pg_class c on c.oid = a.attrelid
      left join pg_attribute h on h.attrelid = c.oid and h.attname = 'home' and not h.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'office_id' and not a.attisdropped
      and c.relname not in ('audit_events', 'subjects', 'users') order by c.relname
  loop
    exit when gone > 0;
    execute one.statement using p_home, p_office, p_limit;
    get diagnostics gone = row_count;
  end loop;
  if gone = 0 then
    execute (
      select format('update offices set version = version + 1, name = code, purge_at = null, %s where id = $1',
        string_agg(format('%I = default', a.attname), ', '))
      from pg_attribute a
      where a.attrelid = 'offices'::regclass and a.attnum > 0 and not a.attisdropped and a.attname not in
        ('id', 'code', 'name', 'status', 'purge_at', 'purged_at', 'version', 'created_at', 'changed_at')) using p_office;
  end if;
  perform set_config('vestibule.office', before, true);
  return gone;
end $$;
revoke execute on function purge_office(smallint, uuid, integer) from public;
grant execute on function purge_office(smallint, uuid, integer) to vestibule_app;
