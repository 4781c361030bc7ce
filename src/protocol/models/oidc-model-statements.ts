import type { Statement } from "../../platform/database/database.ts";
import { rowsNamedIn } from "./rows-named-in.ts";

/** The statements of `engine-store.ts`. */

const ROW = `(r integer, kind smallint, id text, payload json, grant_id text, account_id uuid, application_id text, uid text,
  expires_at timestamptz)`;

export const STATEMENTS = {
  find: {
    name: "oidc_find",
    text: `select k.place::integer, f.*
           from unnest($1::smallint[], $2::text[]) with ordinality as k (kind, id, place)
             cross join lateral find_oidc_model(k.kind, decode(k.id, 'hex')) f`,
  },
  findByUid: {
    name: "oidc_find_by_uid",
    text: `select f.* from oidc_models m, find_oidc_model(m.kind, m.id) f where m.uid = $1 and m.kind = 1`,
  },
  deviceCode: {
    name: "oidc_device_code",
    text: "select encode(id, 'hex') as id from oidc_models where uid = $1 and kind = 9",
  },
  askForDevice: {
    name: "oidc_ask_for_device",
    text: `update oidc_models set polled_at = $2
           where kind = 9 and id = decode($1, 'hex') and (polled_at is null or polled_at <= $3) returning kind`,
  },
  revokeFamily: {
    name: "oidc_revoke_family",
    text: `with grants as (
             select m.grant_id from json_to_recordset($1::json) as c (kind smallint, id text)
             join oidc_models m on m.kind = c.kind and m.id = decode(c.id, 'hex') where m.grant_id is not null)
           delete from oidc_models m using grants g
           where m.grant_id = g.grant_id or (m.kind = 0 and m.id = convert_to(g.grant_id, 'UTF8'))`,
  },
  purge: {
    name: "oidc_purge",
    text: `delete from oidc_models where ctid = any(array(
             select ctid from oidc_models where expires_at <= now() order by expires_at limit $1))`,
  },
} as const satisfies Record<string, Statement>;

// Two requests of one session may each bring an application into it; neither may lose the other's, or a sign-out
// everywhere would miss it. Leaving one application gives the session a new id, so nothing comes back by this.
const MERGED_SESSION = `(c.payload::jsonb || jsonb_build_object('authorizations',
  coalesce(m.payload::jsonb -> 'authorizations', '{}') || coalesce(c.payload::jsonb -> 'authorizations', '{}')))::json`;

/**
 * What requests may change, each a list of the JSON in $1 that says of which request (r, from 1) each row is. At $2 it is;
 * $3 says how many each request has to spend: where another was first with one of them, nothing new is stored for it.
 */
const PARTS = {
  // A code or token is spent by one conditional update.
  consume: `consumed as (
    update oidc_models m set consumed_at = $2
    from json_to_recordset($1::json -> 'consume') as c (r integer, kind smallint, id text)
    where ${rowsNamedIn("consume")} and m.kind = c.kind and m.id = decode(c.id, 'hex') and m.consumed_at is null
    returning c.r)`,
  // A sign-in is answered by deleting its interaction (kind 2).
  destroy: `destroyed as (
    delete from oidc_models m using json_to_recordset($1::json -> 'destroy') as d (r integer, kind smallint, id text)
    where ${rowsNamedIn("destroy")} and m.kind = d.kind and m.id = decode(d.id, 'hex')
    returning d.r, m.kind)`,
  revokeGrants: `revoked as (
    delete from oidc_models m
    where m.grant_id = any(array(
      select g."grantId" from json_to_recordset($1::json -> 'revokeGrants') as g ("grantId" text))))`,
  change: `changed as (
    update oidc_models m set payload = case when m.kind = 1 then ${MERGED_SESSION} else c.payload end,
      account_id = c.account_id, grant_id = c.grant_id, saved_at = $2, expires_at = c.expires_at
    from stored, json_to_recordset($1::json -> 'change') as c ${ROW}
    where stored.r = c.r and ${rowsNamedIn("change")} and m.kind = c.kind and m.id = decode(c.id, 'hex'))`,
  add: `added as (
    insert into oidc_models (kind, id, payload, grant_id, account_id, application_id, uid, saved_at, expires_at)
    select a.kind, decode(a.id, 'hex'), a.payload, a.grant_id, a.account_id, a.application_id, a.uid, $2, a.expires_at
    from stored, json_to_recordset($1::json -> 'add') as a ${ROW} where stored.r = a.r)`,
  signedOut: `told as (
    select count(tell_signed_out(o.account, o.authorizations))
    from stored, json_to_recordset($1::json -> 'signedOut') as o (r integer, account uuid, authorizations json)
    where stored.r = o.r)`,
} as const;
export type PartName = keyof typeof PARTS;

const known = new Map<string, Statement>();

/**
 * The one statement that stores what requests have changed: of the parts that they have, as each costs time even when it is empty. It
 * answers which of the requests are stored.
 */
export function writeStatement(content: Readonly<Record<PartName, readonly unknown[]>>): Statement {
  const has = (name: PartName) => content[name].length > 0;
  const name = `oidc_write_${(Object.keys(PARTS) as PartName[]).filter(has).join("_").toLowerCase()}`;
  const statement = known.get(name) ?? { name, text: textOf(has) };
  known.set(name, statement);
  return statement;
}

function textOf(has: (name: PartName) => boolean): string {
  const some = (...names: readonly PartName[]) => names.filter(has).map((name) => PARTS[name]);
  const spent = [
    "0",
    ...(has("consume") ? ["(select count(*) from consumed c where c.r = e.r)"] : []),
    ...(has("destroy") ? ["(select count(*) from destroyed d where d.r = e.r and d.kind = 2)"] : []),
  ].join(" + ");
  const stored = `stored as materialized (
    select e.r from unnest($3::integer[]) with ordinality as e (expected, r) where e.expected = ${spent})`;
  const parts = [
    ...some("consume", "destroy", "revokeGrants"),
    stored,
    ...some("change", "add", "signedOut"),
  ];
  const told = has("signedOut") ? ", (select count from told)" : "";
  return `with ${parts.join(", ")} select r::integer${told} from stored where $2::timestamptz is not null`;
}
