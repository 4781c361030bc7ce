import { homeOf, idAt } from "../../src/kernel/home.ts";
import { BEGINS } from "../../src/domain/users/user-effects.ts";
import { asOwner, type FreshDatabase } from "./database.ts";
import type { TestUser } from "./people.ts";

/**
 * Many colleagues of a user, with the same password. Their rows are copied behind Vestibule's back: hashing a
 * password for each would cost more time than what is tested.
 */
export async function makeCrowd(
  vestibule: { readonly database: Pick<FreshDatabase, "ownerUrl"> },
  model: TestUser,
  size: number,
): Promise<TestUser[]> {
  const crowd = Array.from({ length: size }, (_, index) => ({
    ...model,
    id: idAt(homeOf(model.office.id)),
    username: `${model.username}-${String(index + 1)}`,
  }));
  const ids = crowd.map((user) => user.id);
  const names = crowd.map((user) => user.username);
  await asOwner(
    vestibule.database,
    "insert into subjects (home, id, office_id) select home_of($2), unnest($1::uuid[]), $2",
    [ids, model.office.id],
  );
  await asOwner(
    vestibule.database,
    `with added as (
       insert into users (home, id, office_id, username, username_key, name, mail, role, language, status, password_hash,
         password_changed_at, valid_from, created_at, changed_at)
       select home_of(u.office_id), n.id, u.office_id, n.name, n.name, u.name || ' ' || n.name, u.mail, u.role, u.language, u.status,
         u.password_hash, u.password_changed_at, u.valid_from, u.created_at, u.changed_at
       from users u, unnest($2::uuid[], $3::text[]) as n (id, name) where u.id = $1
       returning home, id, office_id, mail), ${BEGINS}
     select from added`,
    [model.id, ids, names],
  );
  return crowd;
}
