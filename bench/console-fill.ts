import type pg from "pg";
import { BEGINS } from "../src/domain/users/user-effects.ts";
import { openEmbeddedDatabase } from "../src/platform/embedded-postgres/embedded.ts";
import { asOwner } from "./as-owner.ts";
import { fixedId, officeId, userId } from "./fill-ids.ts";
import type { Installation } from "./servers.ts";

/** How many there are of everything; at scale 1 what the platform is meant to carry. */
export interface Crowd {
  readonly offices: number;
  readonly users: number;
  readonly events: number;
  /** People of one large office beside the others; half of the events are its own. */
  readonly large: number;
}

export const crowdAt = (scale: number): Crowd => ({
  offices: Math.max(10, Math.round(1_000 * scale)),
  users: Math.round(200_000 * scale),
  events: Math.round(5_000_000 * scale),
  large: Math.max(200, Math.round(10_000 * scale)),
});

/** Code of an office of the crowd, and of the large one beside them. */
export const SMALL_OFFICE = "FILL-7";
export const BIG_OFFICE = "FILL-BIG";

const BATCH = 50_000;

/** Fills an installation whose server runs. */
export async function fillInstallation({ dataDir }: Installation, crowd: Crowd): Promise<void> {
  const embedded = await openEmbeddedDatabase({ dataDir, log: () => undefined });
  try {
    await fillConsole(embedded.ownerUrl, crowd);
  } finally {
    await embedded.close();
  }
}

/** Fills offices, people and their audit log by SQL: with factors, recovery codes, blocks and numbers here and there. */
function fillConsole(ownerUrl: string, { offices, users, events, large }: Crowd): Promise<void> {
  return asOwner(ownerUrl, async (owner) => {
    await owner.query(OFFICES, [offices]);
    await owner.query(BIG);
    await fillPeople(owner, { first: 1, last: users }, officeId(`(n % ${String(offices)} + 1)`));
    await fillPeople(owner, { first: users + 1, last: users + large }, BIG_ID);
    // No event of these waits for its seal: sealing millions is not what is measured.
    await owner.query("set session_replication_role = replica");
    for (let from = 1; from <= events; from += BATCH) {
      await owner.query(EVENTS, [from, Math.min(from + BATCH - 1, events), users, offices, large]);
    }
    await owner.query("vacuum (analyze)");
    await owner.query("checkpoint");
  });
}

async function fillPeople(
  owner: pg.Client,
  { first, last }: { first: number; last: number },
  office: string,
): Promise<void> {
  for (let from = first; from <= last; from += BATCH) {
    for (const statement of peopleStatements(office)) {
      await owner.query(statement, [from, Math.min(from + BATCH - 1, last)]);
    }
  }
}

const OFFICES = `
  insert into offices (id, code, name, second_factor, second_factor_methods, created_at, changed_at)
  select ${officeId("n")}, 'FILL-' || n, 'Office ' || n, case when n % 2 = 1 then 'required' else 'off' end,
    '{totp,sms}', now(), now() from generate_series(1, $1::integer) n`;
const BIG_ID = fixedId("'office big'");
const BIG = `
  insert into offices (id, code, name, second_factor, second_factor_methods, created_at, changed_at)
  values (${BIG_ID}, '${BIG_OFFICE}', 'One big office', 'required', '{totp,sms}', now(), now())`;

/** For the people $1 to $2, of the office that `office` says by `n`. */
const peopleStatements = (office: string): string[] => {
  const some = (condition: string) => `generate_series($1::integer, $2::integer) n where ${condition}`;
  const user = userId("n", office);
  return [
    `insert into subjects (home, id, office_id) select home_of(${office}), ${user}, ${office} from ${some("true")}`,
    `with added as (
       insert into users (home, id, office_id, username, username_key, name, mail, password_hash, password_changed_at, valid_from,
         created_at, changed_at)
       select home_of(${office}), ${user}, ${office}, 'user-' || n, 'user-' || n, 'User ' || md5(n::text), 'user-' || n || '@fill.example',
         repeat('x', 97), now(), now(), now(), now() from ${some("true")} returning home, id, office_id, mail), ${BEGINS}
     select from added`,
    `insert into factors (home, office_id, user_id, kind, sealed_secret, confirmed_at)
     select home_of(${office}), ${office}, ${user}, case when n % 3 = 0 then 'totp' else 'sms' end, '\\x00', now() from ${some("n % 5 <> 0")}`,
    `insert into recovery_code_sets (home, office_id, user_id, salt, made_at)
     select home_of(${office}), ${office}, ${user}, '\\x00', now() from ${some("n % 5 <> 0")}`,
    `insert into recovery_codes (home, office_id, user_id, hash, used_at)
     select home_of(${office}), ${office}, ${user}, decode(lpad(c::text, 2, '0'), 'hex'), case when n % 7 = 0 and c > 2 then now() end
     from ${some("n % 5 <> 0").replace(" n where", " n cross join generate_series(1, 6) c where")}`,
    `insert into second_factor_guard (home, office_id, user_id, failed_since_success, blocked_until)
     select home_of(${office}), ${office}, ${user}, 3, case when n % 50 = 0 then now() + interval '1 day' end from ${some("n % 10 = 0")}`,
    `insert into mobile_numbers (home, office_id, user_id, number, state, entered_by, changed_at, pending_number, pending_at)
     select home_of(${office}), ${office}, ${user}, '+316' || 10000000 + n, 'confirmed', 'user', now(),
       case when n % 90 = 1 then '+31612345678' end, case when n % 90 = 1 then now() end from ${some("n % 3 <> 0")}`,
    `update last_sign_ins set at = now() - interval '1 minute' * (('x' || left(md5(user_id::text), 6))::bit(24)::integer % 100000)
     where user_id in (select ${user} from ${some("n % 4 <> 0")})`,
  ];
};

const OFFICE_OF_EVENT = `case when n % 2 = 0 then ${BIG_ID} else ${officeId("(p.person % $4::integer + 1)")} end`;

/** Half of them of the big office; of the last ninety days, in order of time. They wait for their seals, and sign-ins are the last ones. */
const EVENTS = `
  with added as (
    insert into audit_events (home, at, office_id, type, outcome, actor, subject)
    select home_of(o.id), now() - interval '90 days' * (1 - n::float8 / 5000000), o.id,
      (array['sign-in', 'sign-in', 'password.wrong', 'sms.sent', 'code.wrong', 'consent', 'sign-out', 'code.blocked'])[1 + n % 8],
      case when n % 8 in (2, 4) then 'refused' else 'ok' end, 'bench', ${userId("p.person", "o.id")}::text
    from generate_series($1::integer, $2::integer) n
      cross join lateral (select case when n % 2 = 0 then $3::integer + (n / 2)::bigint * 7919 % $5::integer
        else (n / 2)::bigint * 7919 % $3::integer end as person) p
      cross join lateral (select ${OFFICE_OF_EVENT} as id) o
    returning home, id, office_id, type, subject, at),
  queued as (insert into audit_unsealed (home, chain, event_id) select home, office_id, id from added)
  update last_sign_ins l set at = s.at
  from (select home, subject::uuid as id, max(at) as at from added where type = 'sign-in' group by 1, 2) s
  where l.home = s.home and l.user_id = s.id and l.at < s.at`;
