import { BEGINS } from "../src/domain/users/user-effects.ts";
import { openEmbeddedDatabase } from "../src/platform/embedded-postgres/embedded.ts";
import { asOwner } from "./as-owner.ts";
import { officeId, userId } from "./fill-ids.ts";
import { addTokens } from "./fill-tokens.ts";

export const SESSIONS = 1_000_000;
export const USERS = 100_000;
const OFFICES = 1_000;
const BATCH = 50_000;

/** Puts a million sessions, a hundred thousand users and some tokens into the database of a running Vestibule. */
export async function fill(dataDir: string, tokens: number): Promise<void> {
  const embedded = await openEmbeddedDatabase({ dataDir, log: () => undefined });
  try {
    await asOwner(embedded.ownerUrl, async (owner) => {
      await owner.query(PEOPLE);
      for (let first = 1; first <= SESSIONS; first += BATCH) {
        await owner.query(OIDC_ROWS, [first, first + BATCH - 1]);
      }
      await addTokens(owner, tokens);
      // What a database that has grown for months has behind it.
      await owner.query("vacuum (analyze)");
      await owner.query("checkpoint");
    });
  } finally {
    await embedded.close();
  }
}

/** The office of the user with the number n. */
const OFFICE = officeId(`(n % ${String(OFFICES)} + 1)`);

const PEOPLE = `
  insert into offices (id, code, name, created_at, changed_at)
  select ${officeId("n")}, 'FILL-' || n, 'Office ' || n, now(), now() from generate_series(1, ${String(OFFICES)}) n;
  insert into subjects (home, id, office_id)
  select home_of(${OFFICE}), ${userId("n", OFFICE)}, ${OFFICE} from generate_series(1, ${String(USERS)}) n;
  with added as (
    insert into users (home, id, office_id, username, username_key, name, mail, password_hash, password_changed_at, valid_from,
      created_at, changed_at)
    select home_of(${OFFICE}), ${userId("n", OFFICE)}, ${OFFICE}, 'user-' || n, 'user-' || n,
      'User ' || n, 'user-' || n || '@fill.example', repeat('x', 97), now(), now(), now(), now()
    from generate_series(1, ${String(USERS)}) n returning home, id, office_id, mail), ${BEGINS}
  select from added`;

/** Sessions as oidc-provider writes them, ten for each user, ending within the next twelve hours. */
const OIDC_ROWS = `
  insert into oidc_models (home, kind, id, payload, account_id, uid, saved_at, expires_at)
  select home_of(person), 1, sha256(('session ' || s)::bytea),
    json_build_object('iat', 1700000000, 'exp', 1700043200, 'uid', md5('uid ' || s), 'kind', 'Session',
      'loginTs', 1700000000, 'accountId', person, 'amr', json_build_array('pwd'),
      'acr', 'urn:vestibule:acr:1', 'transient', true, 'authorizations', json_build_object('app_AAAAAAAAAAAAAAAAAAAA',
        json_build_object('sid', md5('sid ' || s), 'grantId', md5('grant ' || s), 'persistsLogout', true))),
    person, md5('uid ' || s), now(), now() + interval '12 hours' * (1 + s % 1000) / 1000
  from generate_series($1::integer, $2::integer) s
    cross join lateral (select s % ${String(USERS)} + 1 as n) u
    cross join lateral (select ${userId("n", OFFICE)} as person) p`;
