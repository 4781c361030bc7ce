import type { FactorKind } from "../factors/factor.ts";
import type { Database, Queryable, Statement } from "../../platform/database/database.ts";

/** An event of the log that the user caused, or that is about the user. Identifiers of other people are left out. */
export interface PersonalEvent {
  readonly id: string;
  readonly at: string;
  readonly [field: string]: unknown;
}

const TIME = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** Codes that were sent by a kind of factor; `to`: what the address is called. */
const CODES = (kind: FactorKind, to: string) =>
  `coalesce((select json_agg(json_build_object('${to}', c.sent_to, 'purpose', c.purpose, 'sentAt', ${TIME("c.sent_at")},
          'usedAt', ${TIME("c.used_at")}) order by c.sent_at)
          from sent_codes c where c.home = u.home and c.user_id = u.id and c.kind = '${kind}'), '[]')`;

const statements = {
  account: {
    name: "personal_data",
    text: `
      select json_build_object(
        'account', json_build_object('id', u.id, 'officeCode', o.code, 'officeName', o.name, 'username', u.username,
          'name', u.name, 'mailAddress', u.mail, 'mailAddressProvedAt', ${TIME("u.mail_proved_at")}, 'role', u.role,
          'language', u.language, 'status', u.status, 'createdAt', ${TIME("u.created_at")},
          'changedAt', ${TIME("u.changed_at")}, 'passwordChangedAt', ${TIME("u.password_changed_at")},
          'lastSignInAt', (select ${TIME("nullif(l.at, '-infinity')")} from last_sign_ins l where l.home = u.home and l.user_id = u.id)),
        'directory', (select json_build_object('externalId', d.external_id, 'givenName', d.given_name, 'familyName', d.family_name)
          from scim_users d where d.home = u.home and d.user_id = u.id),
        'secondFactor', json_build_object(
          'methods', coalesce((select json_agg(json_build_object('method', f.kind, 'since', ${TIME("f.confirmed_at")})
            order by f.confirmed_at) from factors f where f.home = u.home and f.user_id = u.id), '[]'),
          'mobileNumber', (select json_build_object('number', n.number, 'state', n.state, 'enteredBy', n.entered_by,
            'changedAt', ${TIME("n.changed_at")}, 'requestedNumber', n.pending_number,
            'requestedAt', ${TIME("n.pending_at")}) from mobile_numbers n where n.home = u.home and n.user_id = u.id),
          'recoveryCodes', (select json_build_object('madeAt', ${TIME("s.made_at")},
            'unused', (select count(*) from recovery_codes c where c.home = u.home and c.user_id = u.id and c.used_at is null))
            from recovery_code_sets s where s.home = u.home and s.user_id = u.id),
          'wrongCodes', (select json_build_object('sinceTheLastCorrectOne', g.failed_since_success, 'blockedUntil', ${TIME("g.blocked_until")})
            from second_factor_guard g where g.home = u.home and g.user_id = u.id and g.office_id = u.office_id),
          'trustedBrowsers', coalesce((select json_agg(json_build_object('device', b.device, 'trustedAt',
            ${TIME("b.trusted_at")}, 'usedAt', ${TIME("b.used_at")}, 'endsAt', ${TIME("b.ends_at")}) order by b.trusted_at)
            from trusted_browsers b where b.home = u.home and b.user_id = u.id), '[]')),
        'familiarBrowsers', coalesce((select json_agg(json_build_object('passwordProvedAt', ${TIME("f.proved_at")},
          'endsAt', ${TIME("f.expires_at")})) from familiar_browsers f where f.home = u.home and f.user_id = u.id), '[]'),
        'sessions', coalesce((select json_agg(json_build_object('device', m.payload -> 'device', 'signedInAt',
          ${TIME("to_timestamp((m.payload ->> 'loginTs')::float8)")}, 'usedAt', ${TIME("m.saved_at")}) order by m.saved_at)
          from oidc_models m where m.home = u.home and m.kind = 1 and m.account_id = u.id and m.expires_at > $2), '[]'),
        'applications', coalesce((select json_agg(json_build_object('name', a.name, 'scopes', m.payload -> 'openid' ->> 'scope',
          'since', ${TIME("to_timestamp((m.payload ->> 'iat')::float8)")}))
          from oidc_models m join applications a on a.id = m.application_id
          where m.home = u.home and m.kind = 0 and m.account_id = u.id and m.expires_at > $2), '[]'),
        'linksByMail', coalesce((select json_agg(json_build_object('purpose', t.purpose, 'madeAt', ${TIME("t.made_at")},
          'endsAt', ${TIME("t.ends_at")}, 'usedAt', ${TIME("t.spent_at")}) order by t.made_at)
          from one_time_links t where t.home = u.home and t.user_id = u.id), '[]'),
        'codesByTextMessage', ${CODES("sms", "number")}, 'codesByEmail', ${CODES("email", "mailAddress")},
        'approvals', coalesce((select json_agg(json_build_object('action', r.action, 'reason', r.reason, 'requestedAt',
          ${TIME("r.requested_at")}, 'state', r.state) order by r.requested_at)
          from approval_requests r where r.home = u.home and r.user_id = u.id), '[]')) as data
      from users u join offices o on o.id = u.office_id where u.home = $home and u.id = $1`,
  },
  // The address of another person, and what the user did to others, is theirs.
  events: {
    name: "personal_events",
    text: `
      select e.id::text, ${TIME("e.at")} as at, e.type, e.outcome, case when e.actor = $1 then 'you' when e.actor in
          ('vestibule', 'command line', 'scim', 'visitor') then e.actor else 'an administrator' end as by,
        a.name as application,
        case when e.actor in ($1, 'visitor') then host(e.address) end as "networkAddress",
        case when e.subject is null or e.subject = $1 then e.details - 'requestedBy' else '{}' end as details
      from audit_events e left join applications a on a.id = e.application_id
      where e.home = $home and (e.subject = $1 or e.actor = $1) and e.id > $2::bigint order by e.id limit $3`,
  },
} as const satisfies Record<string, Statement>;

/** A read model: everything that Vestibule has about one user. No secret, and no hash of one. */
export class PersonalDataStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Null for a user who does not exist. */
  async account(officeId: string, id: string, at: Date): Promise<Readonly<Record<string, unknown>> | null> {
    const rows = await this.#database.inOffice(officeId, (tx) =>
      tx.query<{ data: Readonly<Record<string, unknown>> }>(statements.account, [id, at]),
    );
    return rows[0]?.data ?? null;
  }

  /** The next `limit` events of one log (null: that of no office) after one. */
  events(
    officeId: string | null,
    id: string,
    { after, limit }: { readonly after: string; readonly limit: number },
  ): Promise<PersonalEvent[]> {
    const read = (tx: Queryable) => tx.query<PersonalEvent>(statements.events, [id, after, limit]);
    return officeId === null ? this.#database.transaction(read) : this.#database.inOffice(officeId, read);
  }
}
