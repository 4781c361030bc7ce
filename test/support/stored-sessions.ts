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
