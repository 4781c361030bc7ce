import type { Statement } from "../../platform/database/database.ts";

/** The statements of the lists in `session-overview-store.ts`, and the places at which a page of one begins. */

/** The office of a page, read in the same statement as the page's data. */
export const OFFICE_VIEW = `(select json_build_object('name', o.name,
  'branding', json_build_object('logoUrl', o.logo_url, 'accent', o.accent, 'welcome', o.welcome, 'legal', o.legal),
  'support', o.support) from offices o where o.id = $1) as office`;

/** Sessions of an account page, or applications. */
export const ACCESS_PAGE = 50;

/** After which session a page begins: when it was used, in microseconds since 1970, and its uid. */
export interface SessionPlace {
  readonly usedAt: string;
  readonly uid: string;
}

/** A place as one word of an address. */
export const placeText = ({ usedAt, uid }: SessionPlace): string => `${usedAt}.${uid}`;

/** Null for anything else. */
export function placeOf(text: unknown): SessionPlace | null {
  const [, usedAt, uid] = (typeof text === "string" ? /^(\d{1,16})\.([\w-]{1,100})$/.exec(text) : null) ?? [];
  return usedAt === undefined || uid === undefined ? null : { usedAt, uid };
}

/** The session of the caller is the first of the first page and no other, wherever it would be by its use. */
const ON_PAGE = `case when $6::bigint is null then true
  else l.uid is distinct from $8 and (l.saved_at, l.uid) < (timestamptz 'epoch' + $6::bigint * interval '1 microsecond', $7) end`;

export const LIST_STATEMENTS = {
  sessions: {
    name: "access_sessions",
    text: `with own as (
             select m.uid, m.payload -> 'device' as device, (m.payload ->> 'loginTs')::float8 as "signedInAt", m.saved_at
             from oidc_models m where m.home = $5 and m.kind = 1 and m.account_id = $2 and m.expires_at > $3
               and (m.payload ->> 'loginTs')::float8 >= $4)
           select ${OFFICE_VIEW}, (select count(*)::integer from own) as total, coalesce((select json_agg(s) from (
             select l.uid, l.device, l."signedInAt", extract(epoch from l.saved_at)::float8 as "usedAt",
               (extract(epoch from l.saved_at) * 1000000)::bigint::text as place
             from own l where ${ON_PAGE}
             order by l.uid is not distinct from $8 desc, l.saved_at desc, l.uid desc limit $9) s), '[]') as rows,
           list_trusted_browsers($5, $2, $3) as trusted`,
  },
  applications: {
    name: "access_applications",
    text: `select ${OFFICE_VIEW}, coalesce((select json_agg(g) from (
             select m.application_id as "applicationId", a.name, a.first_party as "firstParty",
               min((m.payload ->> 'iat')::float8) as since,
               array(select distinct scope from oidc_models n, regexp_split_to_table(n.payload -> 'openid' ->> 'scope', ' ') scope
                 where n.home = $4 and n.kind = 0 and n.account_id = $2 and n.application_id = m.application_id and n.expires_at > $3) as scopes
             from oidc_models m join applications a on a.id = m.application_id
             where m.home = $4 and m.kind = 0 and m.account_id = $2 and m.expires_at > $3
               and ($5::text is null or (a.name, a.id) > (select b.name, b.id from applications b where b.id = $5))
             group by m.application_id, a.id, a.name, a.first_party order by a.name, a.id limit $6) g), '[]') as rows`,
  },
} as const satisfies Record<string, Statement>;
