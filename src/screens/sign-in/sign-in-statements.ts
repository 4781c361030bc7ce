import { officeJson } from "../../domain/offices/office-store.ts";
import type { Statement } from "../../platform/database/database.ts";

const OFFICE = officeJson("(s.account #>> '{office,id}')::uuid");

/** SQL of sign-in-store.ts. */
export const statements = {
  find: {
    name: "sign_in_find",
    text: `select s.*, ${OFFICE} as office from find_sign_in($4, $1, $2, $3) s`,
  },
  // Whether the code is due is judged by the journey, from what this returns; a try that was not due is given back. It is not even
  // reserved for a sign-in that has its fact, or whose password was proved before the user's proofs ended: who knows only an old
  // password must not keep the user out, not for a moment.
  findTrying: {
    name: "sign_in_find_trying",
    text: `select s.*, ${OFFICE} as office,
             case when s.account ->> 'status' = 'active' and s.account #>> '{office,status}' = 'open'
               and not exists (select from jsonb_array_elements(s.facts) f where f ->> 'type' = any($6))
               and (s.facts -> 0 ->> 'at')::float8 >= greatest((s.account ->> 'validFrom')::float8,
                 (s.account #>> '{othersEnded,at}')::float8)
             then reserve_code($4, (s.account #>> '{office,id}')::uuid, (s.account ->> 'id')::uuid, $2, $5) end as reservation
           from find_sign_in($4, $1, $2, $3) s`,
  },
  // A page that asks for a passkey has its challenge from what reads the sign-in. Only after the password, and for a user with a factor.
  findAsking: {
    name: "sign_in_find_asking",
    text: `select s.*, ${OFFICE} as office,
             case when cardinality(s.factors) > 0 and s.account ->> 'status' = 'active'
             then open_passkey_challenge($4, (s.account #>> '{office,id}')::uuid, (s.account ->> 'id')::uuid, 'sign-in', $5, $2, $6)
             end as challenge
           from find_sign_in($4, $1, $2, $3) s`,
  },
  giveBackTry: {
    name: "sign_in_give_back_try",
    text: "select give_back_code_of($1, $2, $3, $4)",
  },
  lock: {
    name: "sign_in_lock",
    text: "select facts from sign_ins where home = $home and id = $1 for update",
  },
  begin: {
    name: "sign_in_begin",
    text: `insert into sign_ins (home, id, office_id, user_id, facts, application_id, created_at, expires_at)
           values ($home, $1, $2, $3, $4, $5, $6, $7) on conflict (home, id) do nothing returning id`,
  },
  beginAgain: {
    name: "sign_in_begin_again",
    text: "update sign_ins set office_id = $2, user_id = $3, facts = $4, finished_at = null, login = null where home = $home and id = $1 returning id",
  },
  add: {
    name: "sign_in_add_fact",
    text: "update sign_ins set facts = facts || $3::jsonb where home = $home and id = $1 and user_id = $2 returning id",
  },
  end: {
    name: "sign_in_end",
    text: "select is_first, replaced from end_sign_in($home, $1, $2, $3, $4, $5)",
  },
  // Asks all homes: pages beside the sign-in know its id alone.
  anywhere: {
    name: "sign_in_anywhere",
    text: "select home, application_id from sign_ins where id = $1 order by created_at desc limit 1",
  },
  purge: {
    name: "sign_in_purge",
    text: `delete from sign_ins where ctid = any(array(
             select ctid from sign_ins where expires_at <= now() - interval '1 day' order by expires_at limit $1))`,
  },
} as const satisfies Record<string, Statement>;
