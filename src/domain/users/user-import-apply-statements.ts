import type { Statement } from "../../platform/database/database.ts";
import { BEGINS } from "./user-effects.ts";
import { USER_COLUMNS } from "./user-statements.ts";

/** The SQL of `user-import-apply-store.ts`. */
export const APPLY_STATEMENTS = {
  // One process applies a run; a second one finds it applied, or in progress.
  lock: {
    name: "import_lock",
    text: "select pg_try_advisory_xact_lock(hashtextextended('vestibule import ' || $1, 0)) as locked",
  },
  // Foreign keys are checked with plans that a session caches. A plan from when the table was small scans all of it for every
  // row, so that a hundred thousand rows took hours; after this, new plans use the index.
  byIndex: { name: "import_by_index", text: "select set_config('enable_seqscan', 'off', true)" },
  forgetPlans: { name: "import_forget_plans", text: "discard plans" },
  // Subject, user and number of each row in one statement. Nothing is joined: rows that were stored a moment ago are not
  // analysed, and a join would be planned for one row.
  add: {
    name: "import_add",
    text: `
      with batch as materialized (
        select * from import_rows where home = $home and run_id = $1 and line > $2 order by line limit $3),
      subject as (
        insert into subjects (home, id, office_id) select home, id, office_id from batch),
      added as (
        insert into users (home, id, office_id, username, username_key, name, mail, mail_proved, mail_proved_at, role, language,
          password_hash, password_changed_at, valid_from, created_at, changed_at)
        select home, id, office_id, username, username_key, name, mail, case when $6 then mail end,
          case when $6 and mail is not null then $5::timestamptz end, role, language, coalesce(password_hash, $4), $5,
          date_trunc('second', $5::timestamptz), $5, $5 from batch
        on conflict (home, office_id, username_key) do nothing returning home, id, office_id, mail), ${BEGINS},
      counted as materialized (select (select count(*) from added) = (select count(*) from batch) as all_added),
      numbered as (
        insert into mobile_numbers (home, office_id, user_id, number, state, entered_by, changed_at)
        select home, office_id, id, number, case when number_confirmed then 'confirmed' else 'unconfirmed' end,
          'administrator', $5 from batch
        where number is not null and (select all_added from counted)),
      enrolled as (
        insert into factors (home, office_id, user_id, kind, sealed_secret, code_digits, confirmed_at)
        select home, office_id, id, kind, case kind when 'totp' then sealed_app end,
          case kind when 'totp' then app_digits else 6 end, $5
        from batch cross join unnest(array['passkey', 'totp', 'sms']) kind
        where case kind when 'passkey' then passkeys is not null when 'totp' then sealed_app is not null
            else number_confirmed end
          and (select all_added from counted)),
      keyed as (
        insert into passkeys (home, office_id, user_id, id, public_key, counter, is_synced, transports, aaguid, name, added_at)
        select b.home, b.office_id, b.id, decode(k ->> 'id', 'hex'), decode(k ->> 'publicKey', 'hex'), (k ->> 'counter')::bigint,
          (k ->> 'isSynced')::boolean, array(select jsonb_array_elements_text(k -> 'transports')), (k ->> 'aaguid')::uuid,
          k ->> 'name', $5
        from batch b cross join lateral jsonb_array_elements(b.passkeys) k
        where b.passkeys is not null and (select all_added from counted)
        on conflict do nothing returning id),
      handled as (
        insert into passkey_handles (home, office_id, user_id, handle)
        select home, office_id, id, user_handle from batch where user_handle is not null and (select all_added from counted)
        on conflict do nothing returning handle)
      select line, id, role, number is not null as "hasNumber", sealed_app is not null as "hasApp",
        passkeys is not null as "hasPasskey", number_confirmed as "isNumberConfirmed",
        (select all_added from counted) as "areAdded",
        (select (select count(*) from keyed) = coalesce(sum(jsonb_array_length(passkeys)), 0)
          and (select count(*) from handled) = count(user_handle) from batch) as "arePasskeysAdded"
      from batch order by line`,
  },
  // What was not added just now is another user's. Row-level security hides whose, which is why nothing is looked up by the passkey.
  clashes: {
    name: "import_clashes",
    text: `select r.line, f.fault
           from (select * from import_rows where home = $home and run_id = $1 and line > $2 order by line limit $3) r
           cross join lateral (
             select 'passkey-taken' as fault where exists (
               select from jsonb_array_elements(r.passkeys) k where not exists (
                 select from passkeys p where p.home = $home and p.user_id = r.id and p.id = decode(k ->> 'id', 'hex')))
             union all
             select 'user-handle-taken' where r.user_handle is not null and not exists (
               select from passkey_handles h where h.home = $home and h.user_id = r.id)) f
           order by r.line`,
  },
  // Of each kind the slowest, whose cost is that of a wrong password from now on.
  slowest: {
    name: "import_slowest",
    text: `select distinct on (hash_kind) hash_kind as kind, password_hash as hash, hash_milliseconds as milliseconds
           from import_rows where home = $home and run_id = $1 and password_hash is not null
           order by hash_kind, hash_milliseconds desc`,
  },
  // They are where they belong; the rows stay for the verdicts and the invitations.
  forgetSecrets: {
    name: "import_forget_secrets",
    text: `update import_rows set password_hash = null, sealed_app = null, passkeys = null, user_handle = null
           where home = $home and run_id = $1
             and (password_hash is not null or sealed_app is not null or passkeys is not null)`,
  },
  // Outside the application's transaction, so that the progress is visible.
  reportProgress: {
    name: "import_report_progress",
    text: `update import_runs set added = $2, moved_at = $3 where home = $home and id = $1 and state = 'checked'`,
  },
  // The one statement that spends a run. No row: it was applied or dropped in the meantime.
  spend: {
    name: "import_spend",
    text: `update import_runs set state = 'applied', added = $2, invites = $3, moved_at = $4
           where home = $home and id = $1 and state = 'checked' and bad = 0 and rows = $2 returning id`,
  },
  turn: {
    name: "import_invite_turn",
    text: `update import_runs set invite_turn = invite_turn + 1, moved_at = $3
           where home = $home and id = $1 and invite_turn = $2 and state = 'applied' and invites returning id`,
  },
  // A user who has chosen a password in the meantime, or has brought one, needs no invitation.
  invite: {
    name: "import_invite",
    text: `
      with chosen as (
        update import_rows set invited_at = $2 where home = $home and run_id = $1 and line in (
          select line from import_rows where home = $home and run_id = $1 and invited_at is null and mail is not null
            and hash_kind is null order by line limit $3)
        returning id)
      select c.id, u.id is not null as "isThere", u.office_id as "officeId", ${USER_COLUMNS}
      from chosen c left join users u on u.home = $home and u.id = c.id and u.password_changed_at = u.created_at`,
  },
  inviting: {
    name: "import_inviting",
    text: `select from import_rows w join import_runs r on r.home = w.home and r.id = w.run_id
           where w.home = $home and r.id = $1 and r.state = 'applied' and r.invites and w.invited_at is null and w.mail is not null
             and w.hash_kind is null limit 1`,
  },
  invited: {
    name: "import_invited",
    text: "update import_runs set invited = invited + $2 where home = $home and id = $1",
  },
} as const satisfies Record<string, Statement>;
