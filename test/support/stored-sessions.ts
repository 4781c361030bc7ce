import { asOwner, type FreshDatabase } from "./database.ts";
import type { TestUser } from "./people.ts";

type Owned = Pick<FreshDatabase, "ownerUrl">;

/** Gives a user two sessions behind Vestibule's back, in place of any before: an old one, and one from in an hour, which only "all" ends. */
export async function giveSessions(database: Owned, { id }: Pick<TestUser, "id">): Promise<void> {
  await asOwner(database, "delete from oidc_models where account_id = $1", [id]);
  await asOwner(
    database,
    `insert into oidc_models (home, kind, id, payload, account_id, uid, saved_at, expires_at)
     select home_of($1::uuid), 1, convert_to($1 || s.uid, 'UTF8'),
       json_build_object('loginTs', floor(extract(epoch from now() + s.age)), 'authorizations', json_build_object()),
       $1::uuid, s.uid, now(), now() + interval '1 day'
     from (values ('old', interval '-1 hour'), ('new', interval '1 hour')) as s (uid, age)`,
    [id],
  );
}

/** Which of them are left. */
export async function keptSessions(database: Owned, { id }: Pick<TestUser, "id">): Promise<string[]> {
  const rows = await asOwner<{ uid: string }>(
    database,
    "select uid from oidc_models where account_id = $1 and kind = 1 order by payload ->> 'loginTs'",
    [id],
  );
  return rows.map(({ uid }) => uid);
}

/** Gives a user many more sessions behind Vestibule's back, each with a grant and used a second before the one before. Their uids. */
export async function giveManySessions(
  database: Owned,
  { id }: Pick<TestUser, "id">,
  { count, applicationId }: { readonly count: number; readonly applicationId: string },
): Promise<string[]> {
  const added = await asOwner<{ uid: string }>(
    database,
    `with n as (select n, 'many-' || n as uid from generate_series(1, $2::integer) n),
     granted as (
       insert into oidc_models (home, kind, id, payload, account_id, application_id, saved_at, expires_at)
       select home_of($1::uuid), 0, convert_to('grant-' || $1 || n, 'UTF8'),
         json_build_object('iat', floor(extract(epoch from now())), 'accountId', $1, 'clientId', $3::text), $1::uuid, $3, now(),
         now() + interval '1 day' from n)
     insert into oidc_models (home, kind, id, payload, account_id, uid, saved_at, expires_at)
     select home_of($1::uuid), 1, convert_to($1 || uid, 'UTF8'),
       json_build_object('loginTs', floor(extract(epoch from now())), 'authorizations',
         json_build_object($3::text, json_build_object('grantId', 'grant-' || $1 || n))),
       $1::uuid, uid, now() - make_interval(secs => n), now() + interval '1 day' from n
     returning uid`,
    [id, count, applicationId],
  );
  return added.map(({ uid }) => uid);
}
