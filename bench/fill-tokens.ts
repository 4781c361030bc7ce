import type pg from "pg";
import { officeId, userId } from "./fill-ids.ts";

/** What the platform is meant to carry. */
export const TOKENS = 10_000_000;
const BATCH = 100_000;
const PEOPLE = 100_000;

/** Refresh tokens, one of ten of them over already. */
export async function addTokens(owner: pg.Client, tokens: number): Promise<void> {
  for (let first = 1; first <= tokens; first += BATCH) {
    await owner.query(REFRESH_TOKENS, [first, Math.min(first + BATCH - 1, tokens)]);
  }
}

/** Users go round the offices, as `fill.ts` puts them there. */
const OFFICE_OF_USER = officeId("(u.number % 1000 + 1)");

/** As oidc-provider writes them. */
const REFRESH_TOKENS = `
  insert into oidc_models (home, kind, id, payload, grant_id, account_id, application_id, saved_at, expires_at)
  select home_of(person), 5, sha256(('token ' || n)::bytea),
    json_build_object('iat', 1700000000, 'exp', 1700043200, 'kind', 'RefreshToken', 'accountId', person,
      'clientId', 'app_AAAAAAAAAAAAAAAAAAAA', 'grantId', md5('grant ' || n), 'scope', 'openid profile offline_access',
      'authTime', 1700000000, 'amr', json_build_array('pwd'), 'acr', 'urn:vestibule:acr:1', 'rotations', 0,
      'gty', 'authorization_code', 'sessionUid', md5('uid ' || n)),
    md5('grant ' || n), person, 'app_AAAAAAAAAAAAAAAAAAAA', now(),
    now() + interval '14 days' * (n % 1000 - 100) / 1000 - interval '1 second'
  from generate_series($1::integer, $2::integer) n
    cross join lateral (select n % ${String(PEOPLE)} + 1 as number) u
    cross join lateral (select ${userId("u.number", OFFICE_OF_USER)} as person) p`;
