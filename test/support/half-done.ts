/** Finds nothing after any crash: a code is spent if and only if its tokens are there; each chain has one living end. */
export const HALF_DONE = `select 'code' as what from oidc_models c where c.kind = 3 and (c.consumed_at is not null) <>
    exists (select from oidc_models t where t.kind = 4 and t.grant_id = c.grant_id)
  union all
  select 'refresh token' from oidc_models r where r.kind = 5
    group by r.grant_id having count(*) filter (where r.consumed_at is null) <> 1
  union all
  select 'token without its grant' from oidc_models t where t.kind in (3, 4, 5) and not exists
    (select from oidc_models g where g.kind = 0 and g.id = convert_to(t.grant_id, 'UTF8'))`;
