import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { ALL, AnnouncedCopies } from "../../platform/database/announced-copies.ts";
import type { Announcements } from "../../platform/database/announcements.ts";
import type { Application } from "./application.ts";
import { APPLICATION_ID, changeAndAnnounce, isApplication } from "./application-announcement.ts";
import {
  APPLICATION_COLUMNS,
  settingsOf,
  toApplication,
  WRITTEN_COLUMNS,
  type ApplicationRow,
} from "./application-row.ts";
import { DEFAULT_ALGORITHM, SIGNING_ALGORITHMS, type SigningAlgorithm } from "./application-settings.ts";
import { hasWords } from "../../platform/database/search-words.ts";

const statements = {
  find: { name: "application", text: `select ${APPLICATION_COLUMNS} from applications where id = $1` },
  findByResource: {
    name: "application_by_resource",
    text: `select ${APPLICATION_COLUMNS} from applications where settings ->> 'resourceIdentifier' = $1`,
  },
  corsOrigins: {
    name: "application_cors_origins",
    text: "select distinct jsonb_array_elements_text(settings -> 'corsOrigins') as origin from applications where type = 'browser'",
  },
  algorithms: {
    name: "application_algorithms",
    text: "select distinct settings ->> 'idTokenAlgorithm' as algorithm from applications",
  },
  list: {
    name: "application_list",
    text: `select ${APPLICATION_COLUMNS} from applications order by name, id limit $1`,
  },
  ofOffice: {
    name: "application_of_office",
    text: `select ${APPLICATION_COLUMNS} from applications where office_id = $1 and (name, id) > ($2, $3)
             and ($5 = '' or ${hasWords("search_words", "$5")}) order by name, id limit $4`,
  },
  ofNoOffice: {
    name: "application_of_no_office",
    text: `select ${APPLICATION_COLUMNS} from applications where office_id is null and (name, id) > ($1, $2)
             and ($4 = '' or ${hasWords("search_words", "$4")}) order by name, id limit $3`,
  },
  findLocked: {
    name: "application_locked",
    text: `select ${APPLICATION_COLUMNS} from applications where id = $1 for no key update`,
  },
  add: {
    name: "application_add",
    text: `insert into applications (${WRITTEN_COLUMNS}, created_at, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
           on conflict (id) do nothing returning id`,
  },
  change: {
    name: "application_change",
    text: "update applications set name = $2, first_party = $3, settings = $4, changed_at = $5 where id = $1",
  },
  changeSecret: {
    name: "application_change_secret",
    // The secret kept beside the new one is the one that was valid until now, never an older one.
    text: `update applications set secret_hash = $2, changed_at = $3, old_secret_ends_at = $4::timestamptz,
             old_secret_hash = case when $4::timestamptz is null then null else secret_hash end
           where id = $1 and secret_hash is not distinct from $5 returning id`,
  },
} as const satisfies Record<string, Statement>;

/** Applications, with a copy in memory that announcements keep current in every server process. */
export class ApplicationStore {
  readonly #database: Database;
  /** Vestibule's own applications; they are in no table and are never listed. */
  readonly #own: readonly Application[];
  readonly #announcements: Announcements;
  readonly #copies: AnnouncedCopies<Application | null>;
  /** By resource identifier; null: no application has it. */
  readonly #resources: AnnouncedCopies<Application | null>;
  readonly #origins: AnnouncedCopies<ReadonlySet<string>>;

  constructor(database: Database, announcements: Announcements, own: readonly Application[] = []) {
    this.#database = database;
    this.#announcements = announcements;
    this.#own = own;
    const everyOne = (what: string) => (isApplication(what) ? ALL : null);
    this.#copies = new AnnouncedCopies(announcements, (what) => (isApplication(what) ? what : null));
    this.#resources = new AnnouncedCopies(announcements, everyOne);
    this.#origins = new AnnouncedCopies(announcements, everyOne);
  }

  /** `changed` is called whenever an application was added or changed, by whichever process. */
  follow(changed: () => void): void {
    this.#announcements.follow({
      heard: (what) => {
        if (isApplication(what)) {
          changed();
        }
      },
      forgetAll: () => undefined,
    });
  }

  /** A client id that is unknown is not kept: a stranger could send any number of them. */
  async find(id: string): Promise<Application | null> {
    return (
      this.#own.find((application) => application.id === id) ??
      this.#copies.read(
        id,
        () => this.findStored(id),
        (found) => found !== null,
      )
    );
  }

  /** As the table has it now, for a caller that is about to change it. */
  async findStored(id: string): Promise<Application | null> {
    if (!APPLICATION_ID.test(id)) {
      return null;
    }
    const [row] = await this.#database.query<ApplicationRow>(statements.find, [id]);
    return row === undefined ? null : toApplication(row);
  }

  /** The resource server with this identifier (RFC 8707); null for one that is disabled. */
  async findByResource(identifier: string): Promise<Application | null> {
    return (
      this.#own.find(({ resourceIdentifier }) => resourceIdentifier === identifier) ??
      this.#resources.read(identifier, async () => {
        const [row] = await this.#database.query<ApplicationRow>(statements.findByResource, [identifier]);
        return row === undefined || row.is_disabled ? null : toApplication(row);
      })
    );
  }

  /** The origins from which the scripts of any application may call. */
  corsOrigins(): Promise<ReadonlySet<string>> {
    return this.#origins.read("all", async () => {
      const rows = await this.#database.query<{ origin: string }>(statements.corsOrigins);
      return new Set(rows.map(({ origin }) => origin));
    });
  }

  /** The algorithms that are signed with for some application; the default also when there is none. */
  async algorithms(tx: Queryable = this.#database): Promise<SigningAlgorithm[]> {
    const rows = await tx.query<{ algorithm: string | null }>(statements.algorithms);
    const chosen = rows.map(({ algorithm }) => algorithm);
    return SIGNING_ALGORITHMS.filter((each) => each === DEFAULT_ALGORITHM || chosen.includes(each));
  }

  async list(limit: number): Promise<Application[]> {
    return (await this.#database.query<ApplicationRow>(statements.list, [limit])).map(toApplication);
  }

  /** The applications of an office, or those that belong to none, with these words in their names, by name; `after`: name and id of the last one seen, or two empty strings. */
  async ofOffice(
    officeId: string | null,
    { after, limit, search = "" }: { after: readonly [string, string]; limit: number; search?: string },
  ): Promise<Application[]> {
    const values = [...after, limit, search];
    const rows = await (officeId === null
      ? this.#database.query<ApplicationRow>(statements.ofNoOffice, values)
      : this.#database.query<ApplicationRow>(statements.ofOffice, [officeId, ...values]));
    return rows.map(toApplication);
  }

  /** The transaction belongs to the application's office, or to none. Returns whether the id was free. */
  async add(tx: Queryable, application: Application, at: Date): Promise<boolean> {
    const { id, officeId, name, type, firstParty, secretHash } = application;
    const settings = JSON.stringify(settingsOf(application));
    const values = [id, officeId, name, type, firstParty, secretHash, settings, at];
    return changeAndAnnounce(tx, id, { statement: statements.add, values });
  }

  /** The same in the transaction of a change, which no other change gets in between. */
  async findLocked(tx: Queryable, id: string): Promise<Application | null> {
    const [row] = await tx.query<ApplicationRow>(statements.findLocked, [id]);
    return row === undefined ? null : toApplication(row);
  }

  async change(tx: Queryable, application: Application, at: Date): Promise<void> {
    const { id, name, firstParty } = application;
    const values = [id, name, firstParty, JSON.stringify(settingsOf(application)), at];
    await changeAndAnnounce(tx, id, { statement: statements.change, values });
  }

  /**
   * `oldEndsAt`: the previous secret stays valid until then; null: it ends now. Returns whether the secret was still the
   * one that `application` was read with.
   */
  async changeSecret(
    tx: Queryable,
    { id, secretHash: before }: Pick<Application, "id" | "secretHash">,
    { secretHash, at, oldEndsAt }: { secretHash: Buffer; at: Date; oldEndsAt: Date | null },
  ): Promise<boolean> {
    const values = [id, secretHash, at, oldEndsAt, before];
    return changeAndAnnounce(tx, id, { statement: statements.changeSecret, values });
  }
}
