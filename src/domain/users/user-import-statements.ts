import type { Statement } from "../../platform/database/database.ts";

const RUN = `id, office_id as "officeId", actor, state, fault, encoding, rows, bad, added, invites, invited, made_at as "madeAt",
  moved_at as "movedAt"`;

/** Those of the rows that have no fault of their own. */
const PASSKEYS_OF_RUN = `select w.line, decode(k ->> 'id', 'hex') as id
             from import_rows w cross join lateral jsonb_array_elements(w.passkeys) k
             where w.home = $home and w.run_id = $1 and w.passkeys is not null`;

/** The SQL of `user-import-store.ts`: stages the lines of a file, and judges usernames that are repeated or taken. */
export const IMPORT_STATEMENTS = {
  begin: {
    name: "import_begin",
    text: `insert into import_runs (home, id, office_id, actor, state, made_at, moved_at, ends_at)
           values ($home, $1, $2, $3, 'reading', $4, $4, $5)`,
  },
  // A new file replaces those that were not applied, so that waiting rows stay bounded.
  replace: {
    name: "import_replace",
    text: `with dropped as (
             update import_runs set state = 'dropped', moved_at = $2
             where home = $home and office_id = $1 and state in ('reading', 'checked') returning id)
           delete from import_rows where home = $home and run_id in (select id from dropped)`,
  },
  move: {
    name: "import_move",
    text: `update import_runs set rows = rows + $2, moved_at = $3 where home = $home and id = $1 and state = 'reading' returning id`,
  },
  stage: {
    name: "import_stage",
    text: `insert into import_rows (home, run_id, office_id, line, id, username, username_key, name, mail, number, role,
             language, password_hash, hash_kind, hash_milliseconds, sealed_app, app_digits, number_confirmed, passkeys,
             user_handle, faults)
           select $home, $1, $2, r.line, r.id, r.username, r."usernameKey", r.name, r.mail, r.number, r.role, r.language,
             r."passwordHash", r."hashKind", r."hashMilliseconds", decode(r."sealedApp", 'base64'), r."appDigits",
             r."isNumberConfirmed", r.passkeys, decode(r."userHandle", 'hex'),
             array(select json_array_elements_text(r.faults))
           from json_to_recordset($3) as r (line integer, id uuid, username text, "usernameKey" text, name text, mail text,
             number text, role text, language text, "passwordHash" text, "hashKind" text, "hashMilliseconds" integer,
             "sealedApp" text, "appDigits" smallint, "isNumberConfirmed" boolean, passkeys jsonb, "userHandle" text,
             faults json)`,
  },
  // Rows that were stored a moment ago are not analysed. Planned for one row, the statements below would compare every line
  // with every other.
  plan: { name: "import_plan", text: "select set_config('enable_nestloop', 'off', true)" },
  // The first line with a username is valid; the later ones refer to it.
  judgeRepeated: {
    name: "import_judge_repeated",
    text: `update import_rows r set faults = r.faults || ('username-repeated ' || d.first)
           from (select line, min(line) over (partition by username_key) as first from import_rows
                 where home = $home and run_id = $1 and not 'username-invalid' = any(faults)) d
           where r.home = $home and r.run_id = $1 and r.line = d.line and d.line > d.first`,
  },
  judgeTaken: {
    name: "import_judge_taken",
    text: `update import_rows r set faults = r.faults || 'username-taken'::text
           where r.home = $home and r.run_id = $1 and not 'username-taken' = any(r.faults)
             and exists (select from users u where u.home = r.home and u.office_id = r.office_id and u.username_key = r.username_key)`,
  },
  // Passkeys and user handles that an earlier line has, or for a passkey the same one.
  judgeRepeatedPasskeys: {
    name: "import_judge_repeated_passkeys",
    text: `with brought as (${PASSKEYS_OF_RUN}),
           judged as (
             select line, 'passkey-repeated ' || first as fault from (
               select line, min(line) over same as first, row_number() over same as place from brought
               window same as (partition by id order by line rows between unbounded preceding and current row)) p
             where place > 1
             union
             select line, 'user-handle-repeated ' || first from (
               select line, min(line) over (partition by user_handle) as first from import_rows
               where home = $home and run_id = $1 and user_handle is not null) h
             where line > first)
           update import_rows r set faults = r.faults || d.faults
           from (select line, array_agg(fault order by fault) as faults from judged group by line) d
           where r.home = $home and r.run_id = $1 and r.line = d.line`,
  },
  judgeTakenPasskeys: {
    name: "import_judge_taken_passkeys",
    text: `with brought as (${PASSKEYS_OF_RUN}),
           judged as (
             select line, 'passkey-taken' as fault from brought b join passkeys p on p.home = $home and p.id = b.id
             union
             select line, 'user-handle-taken' from import_rows w
               join passkey_handles h on h.home = $home and h.handle = w.user_handle
             where w.home = $home and w.run_id = $1
             union
             select line, fault from unnest($2::integer[], $3::text[]) as c (line, fault))
           update import_rows r set faults = r.faults || d.faults
           from (select line, array_agg(fault order by fault) as faults from judged group by line) d
           where r.home = $home and r.run_id = $1 and r.line = d.line and not r.faults && d.faults`,
  },
  conclude: {
    name: "import_conclude",
    text: `update import_runs set state = 'checked', moved_at = $2, added = 0,
             bad = (select count(*) from import_rows where home = $home and run_id = $1 and faults <> '{}')
           where home = $home and id = $1 and state in ('reading', 'checked') returning ${RUN}`,
  },
  refuse: {
    name: "import_refuse",
    text: `update import_runs set state = 'refused', fault = $2, moved_at = $3, encoding = $4 where home = $home and id = $1 and state = 'reading'
           returning ${RUN}`,
  },
  drop: {
    name: "import_drop",
    text: `update import_runs set state = 'dropped', moved_at = $2
           where home = $home and id = $1 and state in ('reading', 'checked') returning id`,
  },
  forget: { name: "import_forget", text: "delete from import_rows where home = $home and run_id = $1" },
  find: { name: "import_find", text: `select ${RUN} from import_runs where home = $home and id = $1` },
  latest: {
    name: "import_latest",
    text: `select ${RUN} from import_runs where home = $home and office_id = $1 order by made_at desc limit 1`,
  },
  readAs: {
    name: "import_read_as",
    text: "update import_runs set encoding = $2 where home = $home and id = $1",
  },
  // Rows whose letters show whether the file was read rightly; of a bad row only the username is kept.
  lettered: {
    name: "import_lettered",
    text: `select coalesce(nullif(name, ''), username) as text from import_rows
           where home = $home and run_id = $1 and (name ~ '[^ -~]' or username ~ '[^ -~]') order by line limit $2`,
  },
  verdicts: {
    name: "import_verdicts",
    text: `select line, username, faults from import_rows
           where home = $home and run_id = $1 and line > $2 and ($3 or faults <> '{}') order by line limit $4`,
  },
  roles: {
    name: "import_roles",
    text: "select role, count(*)::integer as users from import_rows where home = $home and run_id = $1 group by role",
  },
  brought: {
    name: "import_brought",
    text: `select count(password_hash)::integer as passwords, count(sealed_app)::integer as apps,
             (count(*) filter (where number_confirmed))::integer as "confirmedNumbers",
             coalesce(sum(jsonb_array_length(passkeys)), 0)::integer as passkeys
           from import_rows where home = $home and run_id = $1`,
  },
} as const satisfies Record<string, Statement>;
