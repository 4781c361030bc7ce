import type { Statement } from "../../platform/database/database.ts";

/**
 * A condition for the rows that a list names, by the index. The planner assumes a hundred rows from JSON and
 * would then scan a small table whole; for an array it assumes ten, and takes the index.
 */
const rowsNamedIn = (list: string): string => {
  const named = (column: string, type: string) =>
    `array(select ${column} from json_to_recordset(${list}) as k (${type}))`;
  return `(m.home, m.kind, m.id) in (select * from unnest(${named("home", "home smallint")},
      ${named("kind", "kind smallint")}, ${named("decode(id, 'hex')", "id text")}))`;
};

/** The row that `from` names, among those of `rowsNamedIn`. */
const isRow = (from: string): string =>
  `m.home = ${from}.home and m.kind = ${from}.kind and m.id = decode(${from}.id, 'hex')`;

/**
 * A list that the planner does not look into. It assumes ten rows of any list, sees that a given one is shorter, and would plan
 * the statement anew each time to profit from that.
 */
const kept = (list: string): string => `(select ${list})`;

const PART_NAMES = ["consume", "destroy", "revokeGrants", "change", "add", "crowd", "signedOut"] as const;
type PartName = (typeof PART_NAMES)[number];

const ROW = `(r integer, home smallint, kind smallint, id text, payload json, grant_id text, account_id uuid, application_id text, uid text,
  expires_at timestamptz, network text)`;

/** The statements of `oidc-model-store.ts`. */
export const STATEMENTS = {
  find: {
    name: "oidc_find",
    text: `select k.place::integer, f.*
           from unnest(${kept("$1::smallint[]")}, $2::smallint[], $3::text[], $4::text[]) with ordinality as k (home, kind, id, application, place)
             cross join lateral find_oidc_model(k.home, k.kind, decode(k.id, 'hex'), k.application) f`,
  },
  // What a model without an office belongs to: the user of a sign-in, the user and the grant of a device code.
  findElsewhere: {
    name: "oidc_find_elsewhere",
    text: `select k.place::integer, find_account(k.home, k.account) as account,
             (select g.payload from oidc_models g
               where g.home = k.home and g.kind = 0 and g.id = convert_to(k.grant_id, 'UTF8')) as grant_payload
           from unnest(${kept("$1::smallint[]")}, $2::uuid[], $3::text[]) with ordinality as k (home, account, grant_id, place)`,
  },
  findByUid: {
    name: "oidc_find_by_uid",
    text: `select f.* from oidc_models m, find_oidc_model($1, m.kind, m.id, null) f
           where m.home = $1 and m.uid = $2 and m.kind = 1`,
  },
  // Asks all homes: a user code is too short to carry one.
  deviceCode: {
    name: "oidc_device_code",
    text: "select home, encode(id, 'hex') as id from oidc_models where uid = $1 and kind = 9",
  },
  askForDevice: {
    name: "oidc_ask_for_device",
    text: `update oidc_models set polled_at = $3 where home = $1 and kind = 9 and id = decode($2, 'hex')
             and (polled_at is null or polled_at <= $4) returning kind`,
  },
  revokeFamily: {
    name: "oidc_revoke_family",
    text: `with grants as (
             select m.home, m.grant_id from json_to_recordset($1::json) as c (home smallint, kind smallint, id text)
             join oidc_models m on ${isRow("c")} where m.grant_id is not null)
           delete from oidc_models m using grants g where m.home = g.home
             and (m.grant_id = g.grant_id or (m.kind = 0 and m.id = convert_to(g.grant_id, 'UTF8'))) returning m.kind`,
  },
  purge: {
    name: "oidc_purge",
    text: `delete from oidc_models where ctid = any(array(
             select ctid from oidc_models where expires_at <= now() order by expires_at limit $1))`,
  },
  // Nearly always there are few; the list comes first, so that no index over all rows is read backwards for it.
  forgetCrowd: {
    name: "oidc_forget_crowd",
    text: `with anonymous as materialized (select ctid as row, saved_at from oidc_models where network is not null)
           delete from oidc_models where ctid = any(array(
             select row from anonymous order by saved_at desc offset $2 limit $1)) returning kind`,
  },
} as const satisfies Record<string, Statement>;

// Two parallel requests may each add an application to a session. Neither may overwrite the other, or a sign-out would
// not notify one of them. Removing an application gives the session a new id, so the merge brings nothing back.
const MERGED_SESSION = `(c.payload::jsonb || jsonb_build_object('authorizations',
  coalesce(m.payload::jsonb -> 'authorizations', '{}') || coalesce(c.payload::jsonb -> 'authorizations', '{}')))::json`;

/**
 * The parts of the write statement. Each has a list of its own in JSON, as PostgreSQL reads the whole value at every place that names it;
 * in it `r` is the number of the request, from 1. $1 is the time. $2 is how many rows each request has to spend: when another request
 * has spent one of them already, nothing new is stored for this one.
 */
const PARTS: Readonly<Record<PartName, (list: string) => string>> = {
  // A code or token is spent by one conditional update. A refresh token within its grace is spent by all who redeem it at the same
  // moment; the grace counts from the first of them, so that it cannot be drawn out.
  consume: (list) => `consumed as (
    update oidc_models m set consumed_at = coalesce(m.consumed_at, $1)
    from json_to_recordset(${list}) as c (r integer, home smallint, kind smallint, id text, again boolean)
    where ${rowsNamedIn(list)} and ${isRow("c")}
      and (m.consumed_at is null or c.again)
    returning c.r)`,
  // An interaction (kind 2) is answered once: the answer deletes it.
  destroy: (list) => `destroyed as (
    delete from oidc_models m using json_to_recordset(${list}) as d (r integer, home smallint, kind smallint, id text)
    where ${rowsNamedIn(list)} and ${isRow("d")}
    returning d.r, m.kind)`,
  revokeGrants: (list) => `revoked as (
    delete from oidc_models m where (m.home, m.grant_id) in (select * from unnest(
      array(select home from json_to_recordset(${list}) as g (home smallint)),
      array(select "grantId" from json_to_recordset(${list}) as g ("grantId" text)))))`,
  change: (list) => `changed as (
    update oidc_models m set payload = case when m.kind = 1 then ${MERGED_SESSION} else c.payload end,
      account_id = c.account_id, grant_id = c.grant_id, saved_at = $1, expires_at = c.expires_at,
      network = case when c.account_id is null then m.network end
    from stored, json_to_recordset(${list}) as c ${ROW}
    where stored.r = c.r and ${rowsNamedIn(list)} and ${isRow("c")})`,
  add: (list) => `added as (
    insert into oidc_models
      (home, kind, id, payload, grant_id, account_id, application_id, uid, saved_at, expires_at, network)
    select a.home, a.kind, decode(a.id, 'hex'), a.payload, a.grant_id, a.account_id, a.application_id, a.uid, $1, a.expires_at,
      decode(a.network, 'hex')
    from stored, json_to_recordset(${list}) as a ${ROW} where stored.r = a.r)`,
  // The oldest unfinished rows of a network address give way to its newest, at whatever home they are. A row that another request holds at this moment is
  // left alone, or two statements could wait for each other.
  crowd: (list) => `forgotten as (
    delete from oidc_models m where m.ctid = any(array(
      select held.ctid from oidc_models held where held.ctid = any(array(
        select old.ctid from (
          select c.kind, decode(c.network, 'hex') as network, min(c.most) as most
          from json_to_recordset(${list}) as c (kind smallint, network text, most integer) group by 1, 2) c
        cross join lateral (
          select o.ctid from oidc_models o where o.network = c.network and o.kind = c.kind
          order by o.saved_at desc offset c.most limit 100) old))
      for update skip locked)))`,
  signedOut: (list) => `notified as (
    select count(notify_signed_out(o.home, o.account, o.authorizations))
    from stored, json_to_recordset(${list}) as o (r integer, home smallint, account uuid, authorizations json)
    where stored.r = o.r)`,
};

/** The lists of a batch by the part that reads them. */
export type BatchContent = Readonly<Record<PartName, readonly object[]>>;

const known = new Map<string, Statement>();

/**
 * The one statement that stores the changes of requests, and the lists that it reads, from $3 on. It has only the parts that are needed,
 * because an empty part costs time too. Returns the numbers of the stored requests.
 */
export function writeStatement(content: BatchContent): { statement: Statement; lists: readonly string[] } {
  const needed = PART_NAMES.filter((name) => content[name].length > 0);
  const name = `oidc_write_${needed.join("_").toLowerCase()}`;
  const statement = known.get(name) ?? { name, text: textOf(needed) };
  known.set(name, statement);
  return { statement, lists: needed.map((part) => JSON.stringify(content[part])) };
}

function textOf(needed: readonly PartName[]): string {
  const has = (name: PartName) => needed.includes(name);
  const some = (...names: readonly PartName[]) =>
    names.filter(has).map((name) => PARTS[name](`$${String(needed.indexOf(name) + 3)}::json`));
  const spent = [
    "0",
    ...(has("consume") ? ["(select count(*) from consumed c where c.r = e.r)"] : []),
    ...(has("destroy") ? ["(select count(*) from destroyed d where d.r = e.r and d.kind = 2)"] : []),
  ].join(" + ");
  const stored = `stored as materialized (
    select e.r from unnest($2::integer[]) with ordinality as e (expected, r) where e.expected = ${spent})`;
  const parts = [
    ...some("consume", "destroy", "revokeGrants", "crowd"),
    stored,
    ...some("change", "add", "signedOut"),
  ];
  const notified = has("signedOut") ? ", (select count from notified)" : "";
  return `with ${parts.join(", ")} select r::integer${notified} from stored where $1::timestamptz is not null`;
}
