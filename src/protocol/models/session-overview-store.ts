import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import type { Office } from "../../domain/offices/office.ts";
import { nextSecond } from "../../domain/users/user-statements.ts";
import { homeOf } from "../../kernel/home.ts";
import { now } from "../../kernel/clock.ts";
import { ACR } from "../claims.ts";
import type { Device } from "./unit-of-work.ts";

/** A session, as its user sees it. */
export interface SessionView {
  readonly uid: string;
  readonly device: Device | null;
  /** Seconds since 1970; null in a session from before this was stored. */
  readonly signedInAt: number | null;
  /** Seconds since 1970, to the minute. */
  readonly usedAt: number;
}

/** A browser in which its user is not asked for the code. Times in seconds since 1970. */
export interface TrustedBrowserView {
  readonly id: string;
  readonly device: Device;
  readonly trustedAt: number;
  readonly usedAt: number;
  readonly endsAt: number;
}

/** The access that an application has on behalf of a user. */
interface AccessView {
  readonly applicationId: string;
  readonly name: string;
  readonly firstParty: boolean;
  readonly scopes: readonly string[];
  /** Seconds since 1970. */
  readonly since: number;
}

interface ListOf<Row> {
  readonly office: Pick<Office, "name" | "branding" | "support">;
  readonly rows: readonly Row[];
}

/** The office of a page, read in the same statement as the page's data. */
export const OFFICE_VIEW = `(select json_build_object('name', o.name,
  'branding', json_build_object('logoUrl', o.logo_url, 'accent', o.accent, 'welcome', o.welcome, 'legal', o.legal),
  'support', o.support) from offices o where o.id = $1) as office`;

/** Other ids are no text. PostgreSQL may look at them before it looks at the kind, and fails where they are converted. */
const GRANT_ID = "case m.kind when 0 then convert_from(m.id, 'UTF8') end";

const OWN_GRANTS = "m.kind = 0 and m.account_id = $1";

/** Deletes grants with their codes and tokens. */
const DROP_GRANTS = `
  delete from oidc_models m using ended e
  where m.home = $home and (m.grant_id = e.grant_id or (m.kind = 0 and m.id = convert_to(e.grant_id, 'UTF8')))`;

/** The applications of each deleted session are notified by jobs, which the same transaction adds. */
const COUNT_AND_NOTIFY = `
  select count(*)::integer as ended, count(notify_signed_out($home, account_id, payload -> 'authorizations')) as notified from gone`;

const statements = {
  sessions: {
    name: "access_sessions",
    text: `select ${OFFICE_VIEW}, coalesce((select json_agg(s) from (
             select m.uid, m.payload -> 'device' as device, (m.payload ->> 'loginTs')::float8 as "signedInAt",
               extract(epoch from m.saved_at)::float8 as "usedAt"
             from oidc_models m where m.home = $5 and m.kind = 1 and m.account_id = $2 and m.expires_at > $3
               and (m.payload ->> 'loginTs')::float8 >= $4
             order by m.saved_at desc limit 100) s), '[]') as rows,
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
             group by m.application_id, a.name, a.first_party order by a.name limit 100) g), '[]') as rows`,
  },
  endSession: {
    name: "access_end_session",
    text: `with gone as (
             delete from oidc_models m where m.home = $home and m.kind = 1 and m.account_id = $1 and m.uid = $2 returning m.account_id, m.payload),
           ended as (
             select a.value ->> 'grantId' as grant_id
             from gone, json_each(coalesce(gone.payload -> 'authorizations', '{}')) a where a.value ->> 'grantId' is not null),
           dropped as (${DROP_GRANTS})
           ${COUNT_AND_NOTIFY}`,
  },
  // Grants of ended sessions live on in refresh tokens: all grants end that do not belong to the kept session. The moment in
  // the user's row ends what is no row yet: a sign-in that is not finished, or whose last redirect was not followed.
  endOthers: {
    name: "access_end_others",
    text: `with cut as (update users set others_ended_at = ${nextSecond("$2")}, kept_session = $3 where home = $home and id = $1),
           gone as (
             delete from oidc_models m where m.home = $home and m.kind = 1 and m.account_id = $1 and m.uid <> $3
             returning m.account_id, m.payload),
           ended as (
             select ${GRANT_ID} as grant_id from oidc_models m
             where m.home = $home and ${OWN_GRANTS} and not ${GRANT_ID} = any($4)),
           dropped as (${DROP_GRANTS})
           ${COUNT_AND_NOTIFY}`,
  },
  // Also tokens of a session that has proved the factor since: their own amr says how they were obtained.
  endTrustedBrowserSessions: {
    name: "access_end_skipped",
    text: `with cut as (update users set trust_ended_at = ${nextSecond("$2")} where home = $home and id = $1),
           gone as (
             delete from oidc_models m where m.home = $home and m.kind in (1, 3, 5) and m.account_id = $1
               and m.payload ->> 'acr' = '${ACR.trustedBrowser}'
             returning m.grant_id, m.kind, m.payload),
           ended as (
             select g.grant_id from gone g where g.grant_id is not null
             union
             select a.value ->> 'grantId' from gone g, json_each(coalesce(g.payload -> 'authorizations', '{}')) a
             where g.kind = 1 and a.value ->> 'grantId' is not null),
           dropped as (${DROP_GRANTS})
           select count(*)::integer as ended,
             count(notify_signed_out($home, $1, case when kind = 1 then payload -> 'authorizations' end)) as notified from gone`,
  },
  // The session here continues; the application ends its own session, by the sid that it has from us.
  revoke: {
    name: "access_revoke",
    text: `with ended as (
             select ${GRANT_ID} as grant_id from oidc_models m
             where m.home = $home and ${OWN_GRANTS} and m.application_id = $2),
           dropped as (${DROP_GRANTS}),
           notified as (
             select notify_signed_out($home, $1, json_build_object($2::text, m.payload -> 'authorizations' -> $2::text)) as notified
             from oidc_models m where m.home = $home and m.kind = 1 and m.account_id = $1 and exists (select from ended))
           select count(*)::integer as ended, (select sum(notified) from notified) as notified from ended`,
  },
} as const satisfies Record<string, Statement>;

/** Sessions and grants of a user: lists them and ends them. Every statement names the user, so that no id of another user works. */
export class SessionOverviewStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Sessions since `validFrom` (seconds since 1970), the last used first, with trusted browsers and the office's branding. */
  async sessions(user: { id: string; officeId: string; validFrom: number }, at: Date) {
    const values = [user.officeId, user.id, at, user.validFrom, homeOf(user.officeId)];
    type Found = ListOf<SessionView> & { readonly trusted: readonly TrustedBrowserView[] };
    return theRow(await this.#database.query<Found>(statements.sessions, values));
  }

  /** Applications with access, by name, with the office's branding. */
  async applications({ id, officeId }: { id: string; officeId: string }, at: Date) {
    const values = [officeId, id, at, homeOf(officeId)];
    return theRow(await this.#database.query<ListOf<AccessView>>(statements.applications, values));
  }

  /** Ends a session of this user with all its tokens. Returns 0 for a session of another user. */
  endSession(tx: Queryable, userId: string, uid: string): Promise<number> {
    return count(tx, statements.endSession, [userId, uid]);
  }

  /**
   * Ends every session of this user except `kept`, every token that does not belong to `kept`, and every pending sign-in. In a
   * transaction of the user's office.
   */
  endOthers(
    tx: Queryable,
    userId: string,
    kept: { uid: string; grantIds: readonly string[] },
    at = now(),
  ): Promise<number> {
    return count(tx, statements.endOthers, [userId, at, kept.uid, kept.grantIds]);
  }

  /**
   * Ends the sessions, tokens and pending sign-ins of this user that were obtained without a code, in a trusted browser. In a
   * transaction of the user's office.
   */
  endTrustedBrowserSessions(tx: Queryable, userId: string, at = now()): Promise<number> {
    return count(tx, statements.endTrustedBrowserSessions, [userId, at]);
  }

  /** Revokes an application's access on behalf of this user, and ends its own sessions by back-channel logout. Returns the number of grants. */
  revoke(tx: Queryable, userId: string, applicationId: string): Promise<number> {
    return count(tx, statements.revoke, [userId, applicationId]);
  }
}

/** The only row of a query without a table. */
export function theRow<Row>([row]: readonly Row[]): Row {
  if (row === undefined) {
    throw new Error("PostgreSQL has answered no row.");
  }
  return row;
}

async function count(tx: Queryable, statement: Statement, values: readonly unknown[]): Promise<number> {
  const [row] = await tx.query<{ ended: number }>(statement, values);
  return row?.ended ?? 0;
}
