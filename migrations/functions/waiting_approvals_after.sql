-- Asks all homes. Changes that wait for a second person, in all offices, the oldest first: at most p_limit, after one that was shown.
create or replace function waiting_approvals_after(p_now timestamptz, p_after timestamptz, p_after_id uuid, p_limit integer)
returns table (id uuid, office_id uuid, office_code text, user_id uuid, username text, name text, action text, role text, reason text,
  requested_by uuid, requested_at timestamptz, ends_at timestamptz) language plpgsql stable as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  waiting approval_requests[];
  one approval_requests;
begin
  perform set_config('vestibule.support_desk', 'yes', true);
  select array_agg(r order by r.requested_at, r.id) into waiting from (
    select * from approval_requests q where q.state = 'open' and q.ends_at > p_now and (q.requested_at, q.id) > (p_after, p_after_id)
    order by q.requested_at, q.id limit p_limit) r;
  perform set_config('vestibule.support_desk', '', true);
  foreach one in array coalesce(waiting, '{}') loop
    perform set_config('vestibule.office', one.office_id::text, true);
    return query
      select one.id, o.id, o.code, u.id, u.username, u.name, one.action, one.role, one.reason, one.requested_by,
        one.requested_at, one.ends_at
      from users u join offices o on o.id = u.office_id where u.home = one.home and u.id = one.user_id;
  end loop;
  perform set_config('vestibule.office', before, true);
end $$;
