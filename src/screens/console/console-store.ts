import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import type { FactorKind } from "../../domain/factors/factor.ts";
import { joinUser, withUserIds } from "../../domain/audit/event-names.ts";
import { hasWords } from "../../platform/database/search-words.ts";
import { USER_COLUMNS } from "../../domain/users/user-statements.ts";
import type { UserFields } from "../../domain/users/user.ts";

/** Entries on one page of a list. */
export const LIST_PAGE_SIZE = 50;

/** A user as the console shows them. Times in seconds since 1970. */
export interface ConsoleUser extends UserFields {
  readonly id: string;
  readonly createdAt: number;
  readonly ledUntil: Date | null;
  readonly methods: readonly FactorKind[];
  readonly number: { readonly number: string; readonly state: "unconfirmed" | "confirmed" } | null;
}

export interface ListedOffice {
  readonly code: string;
  readonly name: string;
  readonly status: "open" | "closed";
  readonly isPurged: boolean;
}

const METHODS = `coalesce((select json_agg(f.kind order by f.confirmed_at) from factors f where f.home = $home and f.user_id = u.id), '[]')`;

const statements = {
  user: {
    name: "console_user",
    text: `select u.id, ${USER_COLUMNS},
             extract(epoch from u.created_at)::float8 as "createdAt", u.led_until as "ledUntil", ${METHODS} as methods,
             (select json_build_object('number', n.number, 'state', n.state) from mobile_numbers n
               where n.home = $home and n.user_id = u.id and n.number is not null) as number
           from users u where u.home = $home and u.id = $1`,
  },
  offices: {
    name: "console_offices",
    text: `select code, name, status, purged_at is not null as "isPurged" from offices where code > $1
             and ($3 = '' or ${hasWords("search_words", "$3")}) order by code limit $2`,
  },
  lastChange: {
    name: "console_last_change",
    text: `select u.name from ${withUserIds(
      "select * from audit_events where home = $home and subject = $1 and type = $2 order by id desc limit 1",
    )} e ${joinUser("u", "e.actor_id")}`,
  },
} as const satisfies Record<string, Statement>;

/** A read model for the console. Users are always read within their office (row-level security). */
export class ConsoleStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Null for an unknown user and for one of another office. `id` is a UUID. */
  async findUser(officeId: string, id: string): Promise<ConsoleUser | null> {
    const rows = await this.#database.inOffice(officeId, (tx) =>
      tx.query<ConsoleUser>(statements.user, [id]),
    );
    return rows[0] ?? null;
  }

  /** Offices after a code whose code or name contains `search` ("": all), sorted by code; one more than a page. */
  officesAfter(code: string, search: string): Promise<ListedOffice[]> {
    return this.#database.query<ListedOffice>(statements.offices, [code, LIST_PAGE_SIZE + 1, search]);
  }

  /** The name of the user who changed the office last; null when it was no user of the office. */
  lastOfficeChange(officeId: string): Promise<string | null> {
    return this.#lastChange(officeId, [officeId, "office.changed"]);
  }

  /** The same for an application of the office. */
  lastApplicationChange(officeId: string, id: string): Promise<string | null> {
    return this.#lastChange(officeId, [id, "application.changed"]);
  }

  /** The same for a webhook; null for one of the platform too, because its staff are users of an office. */
  lastWebhookChange(officeId: string | null, id: string): Promise<string | null> {
    return this.#lastChange(officeId, [id, "webhook.changed"]);
  }

  async #lastChange(officeId: string | null, values: readonly string[]): Promise<string | null> {
    const read = (tx: Queryable) => tx.query<{ name: string | null }>(statements.lastChange, values);
    const rows = await (officeId === null
      ? this.#database.transaction(read)
      : this.#database.inOffice(officeId, read));
    return rows[0]?.name ?? null;
  }
}
