import type { Database, Statement } from "../../platform/database/database.ts";
import type { UserRef } from "../../domain/users/user-ref.ts";
import { bindingOf } from "../../domain/factors/sent-code.ts";
import { codeSetOf } from "../../domain/factors/recovery-code-store.ts";
import type { PasskeyView } from "../../domain/factors/passkeys/passkey.ts";
import { passkeysJson } from "../../domain/factors/passkeys/passkey-store.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { FactorKind } from "../../domain/factors/factor.ts";
import type { OfficeView } from "../../platform/web/office-look.ts";
import { OFFICE_VIEW } from "../../protocol/models/access-lists.ts";
import {
  theRow,
  type SessionView,
  type TrustedBrowserView,
} from "../../protocol/models/session-overview-store.ts";

/** The code that was sent for a new method. */
interface SentFirstCode {
  readonly to: string;
  readonly resendAt: number;
  readonly expiresAt: number;
  /** Whether it took the place of another code to the same number or address. */
  readonly isResent: boolean;
}

/** The unused code of a kind, as JSON; null without one. */
const sentBy = (kind: FactorKind): string =>
  `(select json_build_object('to', s.sent_to, 'resendAt', extract(epoch from s.resend_at)::float8,
            'expiresAt', extract(epoch from s.expires_at)::float8, 'isResent', s.superseded is not null)
          from sent_codes s where s.home = $home and s.user_id = $2 and s.binding = $4 and s.purpose = 'enrol' and s.kind = '${kind}'
            and s.used_at is null)`;

/** What the first page and every change need to know about the user, in one statement. Times in seconds since 1970. */
export interface Overview {
  readonly office: OfficeView;
  readonly factors: readonly { readonly kind: FactorKind; readonly since: number }[];
  readonly passkeys: readonly PasskeyView[];
  readonly codesLeft: number;
  /** Tells the current set of recovery codes from the next. */
  readonly codeSet: string;
  readonly guard: { readonly blockedUntil: number | null; readonly failedSinceSuccess: number } | null;
  /** The user's session that the page is about; null for any other id. */
  readonly session: Pick<SessionView, "uid" | "device"> | null;
  readonly number: { readonly number: string; readonly state: "unconfirmed" | "confirmed" } | null;
  /** The unused code that was sent to a new number in this session. */
  readonly sent: SentFirstCode | null;
  /** The same of the account's address. */
  readonly sentMail: SentFirstCode | null;
  /** The countries to which the office sends text messages. */
  readonly sms: { readonly country: string; readonly countries: readonly string[] };
  /** The trusted browser that the page is about. */
  readonly trusted: Pick<TrustedBrowserView, "id" | "device"> | null;
  /** The application with access that the page is about. */
  readonly application: { readonly id: string; readonly name: string } | null;
}

const statements = {
  overview: {
    name: "account_overview",
    text: `
      select ${OFFICE_VIEW},
        coalesce((select json_agg(json_build_object('kind', f.kind, 'since', extract(epoch from f.confirmed_at)::float8)
          order by f.confirmed_at) from factors f where f.home = $home and f.user_id = $2), '[]') as factors,
        ${passkeysJson("$2")} as passkeys,
        (select count(*)::integer from recovery_codes c
          where c.home = $home and c.user_id = $2 and c.used_at is null) as "codesLeft",
        ${codeSetOf("$2")} as "codeSet",
        (select json_build_object('blockedUntil', extract(epoch from g.blocked_until)::float8, 'failedSinceSuccess', g.failed_since_success)
          from second_factor_guard g where g.home = $home and g.office_id = $1 and g.user_id = $2) as guard,
        (select json_build_object('number', n.number, 'state', n.state) from mobile_numbers n
          where n.home = $home and n.user_id = $2) as number,
        ${sentBy("sms")} as sent,
        ${sentBy("email")} as "sentMail",
        (select json_build_object('country', o.country, 'countries', o.countries) from offices o where o.id = $1) as sms,
        (select json_build_object('uid', m.uid, 'device', m.payload -> 'device') from oidc_models m
          where m.home = $home and m.kind = 1 and m.account_id = $2 and m.uid = $3 limit 1) as session,
        (select json_build_object('id', t.id, 'device', t.device) from trusted_browsers t
          where t.home = $home and t.user_id = $2 and t.id::text = $3) as trusted,
        (select json_build_object('id', a.id, 'name', a.name) from applications a where a.id = $3 and exists (
          select 1 from oidc_models m
            where m.home = $home and m.kind = 0 and m.account_id = $2 and m.application_id = $3)) as application`,
  },
} as const satisfies Record<string, Statement>;

/** A read model over factors, recovery codes, lockouts and the models of oidc-provider. */
export class AccountStore {
  readonly #database: Database;
  readonly #hash: KeyedHash;

  constructor(database: Database, hash: KeyedHash) {
    this.#database = database;
    this.#hash = hash;
  }

  /**
   * `thing`: the id of the session, browser or application that the page is about, or "". `binding`: what the codes of
   * this session are bound to.
   */
  async overview(user: UserRef, page: { thing: string; binding: string }): Promise<Overview> {
    const { id, officeId } = user;
    const binding = bindingOf(this.#hash, page.binding);
    const rows = await this.#database.inOffice(officeId, (tx) =>
      tx.query<Overview>(statements.overview, [officeId, id, page.thing, binding]),
    );
    return theRow(rows);
  }
}
