import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import type { Office } from "../../domain/offices/office.ts";
import { nextSecond } from "../../domain/users/user-statements.ts";
import { homeOf } from "../../kernel/home.ts";
import { now } from "../../kernel/clock.ts";
import { ACR } from "../claims.ts";
import { LIST_STATEMENTS, type SessionPlace } from "./access-lists.ts";
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

interface SessionsFound extends ListOf<SessionView & { readonly place: string }> {
  readonly total: number;
  readonly trusted: readonly TrustedBrowserView[];
}

/** Which page of the sessions; `own`: the session that asks. */
interface SessionsAsked {
  readonly after?: SessionPlace | null;
  readonly own?: string | null;
  readonly limit: number;
}

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

  /**
   * A page of the sessions since `validFrom` (seconds since 1970): `own` first, then the last used. With the number of all, trusted
   * browsers and the office's branding.
   */
  async sessions(
    user: { id: string; officeId: string; validFrom: number },
    { after = null, own = null, limit }: SessionsAsked,
  ) {
    const values = [
      ...[user.officeId, user.id, now(), user.validFrom, homeOf(user.officeId)],
      ...[after?.usedAt ?? null, after?.uid ?? null, own, limit + 1],
    ];
    const { rows, ...found } = theRow(
      await this.#database.query<SessionsFound>(LIST_STATEMENTS.sessions, values),
    );
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.findLast(({ uid }) => uid !== own) : undefined;
    return { ...found, rows: page, next: last === undefined ? null : { usedAt: last.place, uid: last.uid } };
  }

  /** A page of the applications with access, by name, after the one with this id; with the office's branding. */
  async applications(
    { id, officeId }: { id: string; officeId: string },
    { after = null, limit }: { after?: string | null; limit: number },
  ) {
    const values = [officeId, id, now(), homeOf(officeId), after, limit + 1];
    const { rows, office } = theRow(
      await this.#database.query<ListOf<AccessView>>(LIST_STATEMENTS.applications, values),
    );
    const page = rows.slice(0, limit);
    return { office, rows: page, next: rows.length > limit ? (page.at(-1)?.applicationId ?? null) : null };
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
