import type { Announcements } from "../../platform/database/announcements.ts";
import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import type { SupportContact } from "../../kernel/support-contact.ts";
import type { FactorKind } from "../factors/factor.ts";
import { officeAnnouncement } from "./office-announcement.ts";
import { RESISTANT_USERS, type ResistantUsers } from "../factors/phishing-resistance.ts";
import type { Branding, NewOffice, Office, OfficeResistance, OfficeSecondFactor } from "./office.ts";

interface Row extends Pick<
  Office,
  "id" | "code" | "version" | "name" | "status" | "language" | "country" | "support"
> {
  readonly time_zone: string | null;
  readonly purge_at: Date | null;
  readonly is_purged: boolean;
  readonly logo_url: string | null;
  readonly accent: string | null;
  readonly welcome: Branding["welcome"];
  readonly legal: Branding["legal"];
  readonly session_minutes: number | null;
  readonly second_factor: "off" | "required";
  readonly second_factor_from: Date | null;
  readonly second_factor_methods: FactorKind[];
  readonly countries: string[];
  readonly sms_daily_budget: number;
  readonly trusted_browser_days: number | null;
  readonly is_passwordless: boolean;
  readonly is_mailbox_enough: boolean;
  readonly resistant_users: ResistantUsers;
  readonly resistant_from: Date | null;
  readonly passkey_models: string[] | null;
}

const NEW = "id, code, name, status, language, accent, session_minutes, time_zone";
const COLUMNS = `${NEW}, version, second_factor, second_factor_from, second_factor_methods, country, countries,
  sms_daily_budget, trusted_browser_days, is_passwordless, is_mailbox_enough, resistant_users, resistant_from, passkey_models, logo_url, welcome, legal, support, purge_at,
  purged_at is not null as is_purged`;

/** An office as JSON, for a statement that reads it with something else. `id`: an SQL expression. `fromJson` reads it. */
export const officeJson = (id: string): string =>
  `(select to_json(o) from (select ${COLUMNS} from offices where id = ${id}) o)`;

/** A row of `officeJson`. */
export type OfficeJson = Omit<Row, "purge_at" | "second_factor_from" | "resistant_from"> & {
  readonly purge_at: string | null;
  readonly resistant_from: string | null;
  readonly second_factor_from: string | null;
};

/** Users whom the demand reaches anew have their time to enrol before them. */
const BREADTH = `array_position(array['${RESISTANT_USERS.join("', '")}']`;

const statements = {
  findByCode: { name: "office_by_code", text: `select ${COLUMNS} from offices where code = $1` },
  find: { name: "office_by_id", text: `select ${COLUMNS} from offices where id = $1` },
  list: { name: "office_list", text: `select ${COLUMNS} from offices order by code limit $1` },
  add: {
    name: "office_add",
    text: `insert into offices (${NEW}, created_at, changed_at, second_factor, second_factor_since,
             second_factor_methods)
           values ($1, $2, $3, 'open', $4, $5, $6, $10, $7, $7, $8,
             case when $8 = 'required' then $7::timestamptz end, $9)
           on conflict do nothing returning id`,
  },
  // Blocks a parallel change, which then finds another version.
  claim: {
    name: "office_claim",
    text: `select status, second_factor, second_factor_from, second_factor_methods, resistant_users, resistant_from from offices where id = $1 and version = $2 for no key update`,
  },
  // An edit that is based on an older version is a conflict, so each update of an office raises it, also those of office-purge-store.ts.
  // Every change of the methods ends trust as well: it may rest on a method that is no longer accepted.
  change: {
    name: "office_change",
    text: `update offices set version = version + 1, name = $2, status = $3, language = $4, logo_url = $5, accent = $6,
             session_minutes = $7,
             second_factor_since = case when $8 = 'off' then null when second_factor = 'off' then $11 else second_factor_since end,
             second_factor = $8, second_factor_from = $9, second_factor_methods = $10, country = $12,
             countries = $13, sms_daily_budget = $14, changed_at = $11, trusted_browser_days = $15,
             welcome = $16, legal = $17, time_zone = $18, support = $19, is_passwordless = $20, is_mailbox_enough = $24,
             resistant_since = case when $21 = 'none' then null when ${BREADTH}, $21) > ${BREADTH}, resistant_users) then $11
               else resistant_since end,
             resistant_users = $21, resistant_from = $22, passkey_models = $23,
             purge_at = case when $3 = 'closed' then purge_at end,
             trust_since = case when $15::smallint is null then null
               when trusted_browser_days is null or second_factor <> $8 or second_factor_methods <> $10 then $11
               else trust_since end
           where id = $1`,
  },
} as const satisfies Record<string, Statement>;

type Policies = Pick<
  Row,
  "second_factor" | "second_factor_from" | "second_factor_methods" | "resistant_users" | "resistant_from"
>;
type Claimed = Pick<Row, "status"> & Policies;

/** What a change of an office begins with. */
export interface ClaimedOffice {
  readonly status: Office["status"];
  readonly secondFactor: OfficeSecondFactor;
  readonly phishingResistance: OfficeResistance;
}

export class OfficeStore {
  readonly #database: Database;
  readonly #announcements: Announcements;
  readonly #zone: string;

  /** `zone`: of offices that have none of their own. */
  constructor(database: Database, announcements: Announcements, zone: string) {
    this.#database = database;
    this.#announcements = announcements;
    this.#zone = zone;
  }

  /** `code` is folded already. */
  async findByCode(code: string): Promise<Office | null> {
    return this.#first(await this.#database.query<Row>(statements.findByCode, [code]));
  }

  /** `queryable`: the caller's transaction, if there is one. */
  async find(id: string, queryable: Queryable = this.#database): Promise<Office | null> {
    return this.#first(await queryable.query<Row>(statements.find, [id]));
  }

  async list(limit: number): Promise<Office[]> {
    const rows = await this.#database.query<Row>(statements.list, [limit]);
    return rows.map((row) => toOffice(row, this.#zone));
  }

  /** Returns whether the code was free. The transaction belongs to the new office. */
  async add(
    tx: Queryable,
    id: string,
    office: NewOffice & { readonly secondFactor: OfficeSecondFactor },
    at: Date,
  ): Promise<boolean> {
    const { code, name, language, accent, sessionMinutes, secondFactor } = office;
    const { demand, methods } = secondFactor;
    const own = [id, code, name, language, accent, sessionMinutes, at];
    const rows = await tx.query(statements.add, [...own, demand, methods, office.timeZone]);
    return rows.length === 1;
  }

  /** Begins a change: returns what was there, or null when the office has another version by now. */
  async claim(tx: Queryable, { id, version }: Office): Promise<ClaimedOffice | null> {
    const [row] = await tx.query<Claimed>(statements.claim, [id, version]);
    return row === undefined ? null : { status: row.status, ...policiesOf(row) };
  }

  /** The zone in which the days of an office begin that has chosen this one. */
  zoneOf(timeZone: string | null): string {
    return timeZone ?? this.#zone;
  }

  async change(tx: Queryable, office: Office, at: Date): Promise<void> {
    const { id, name, status, language, branding, sessionMinutes, secondFactor } = office;
    const changed = tx.query(statements.change, [
      id,
      name,
      status,
      language,
      branding.logoUrl,
      branding.accent,
      sessionMinutes,
      secondFactor.demand,
      secondFactor.from,
      secondFactor.methods,
      at,
      office.country,
      office.countries,
      office.smsDailyBudget,
      office.trustedBrowserDays,
      JSON.stringify(branding.welcome),
      JSON.stringify(branding.legal),
      office.timeZone,
      office.support === null ? null : JSON.stringify(office.support),
      office.isPasswordless,
      office.phishingResistance.of,
      office.phishingResistance.from,
      office.passkeyModels,
      office.isMailboxEnough,
    ]);
    await Promise.all([changed, this.#announcements.announce(tx, officeAnnouncement(id))]);
  }

  fromJson(row: OfficeJson): Office {
    const dates = {
      purge_at: dateOf(row.purge_at),
      second_factor_from: dateOf(row.second_factor_from),
      resistant_from: dateOf(row.resistant_from),
    };
    return toOffice({ ...row, ...dates }, this.#zone);
  }

  #first([row]: readonly Row[]): Office | null {
    return row === undefined ? null : toOffice(row, this.#zone);
  }
}

const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

function toOffice(row: Row, installation: string): Office {
  const { id, code, version, name, status, language } = row;
  return {
    id,
    code,
    version,
    name,
    status,
    language,
    purgeAt: row.purge_at,
    isPurged: row.is_purged,
    timeZone: row.time_zone,
    zone: row.time_zone ?? installation,
    branding: { logoUrl: row.logo_url, accent: row.accent, welcome: row.welcome, legal: row.legal },
    sessionMinutes: row.session_minutes,
    ...policiesOf(row),
    ...{ country: row.country, countries: row.countries },
    ...{ smsDailyBudget: row.sms_daily_budget, trustedBrowserDays: row.trusted_browser_days },
    ...{ isPasswordless: row.is_passwordless, isMailboxEnough: row.is_mailbox_enough },
    passkeyModels: row.passkey_models,
    support: row.support === null ? null : inOrder(row.support),
  };
}

const policiesOf = (row: Policies): Pick<Office, "secondFactor" | "phishingResistance"> => ({
  secondFactor: {
    demand: row.second_factor,
    from: row.second_factor_from,
    methods: row.second_factor_methods,
  },
  phishingResistance: { of: row.resistant_users, from: row.resistant_from },
});

/** PostgreSQL orders the keys in its own way, and offices are compared as text. */
const inOrder = ({ mail, phone, url, hours }: SupportContact) => ({ mail, phone, url, hours });
