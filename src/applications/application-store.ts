import type { Database, Queryable, Statement } from "../database/database.ts";
import {
  storedSettingsSchema,
  type Application,
  type ApplicationSettings,
  type ApplicationType,
} from "./application.ts";

interface Row {
  readonly id: string;
  readonly office_id: string | null;
  readonly name: string;
  readonly type: ApplicationType;
  readonly first_party: boolean;
  readonly secret_hash: Buffer | null;
  readonly settings: unknown;
}

const COLUMNS = "id, office_id, name, type, first_party, secret_hash, settings";

const statements = {
  find: { name: "application", text: `select ${COLUMNS} from applications where id = $1` },
  list: { name: "application_list", text: `select ${COLUMNS} from applications order by name, id limit $1` },
  add: {
    name: "application_add",
    text: `insert into applications (${COLUMNS}, created_at, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
  },
  change: {
    name: "application_change",
    text: "update applications set name = $2, first_party = $3, settings = $4, changed_at = $5 where id = $1",
  },
  changeSecret: {
    name: "application_change_secret",
    text: "update applications set secret_hash = $2, changed_at = $3 where id = $1",
  },
} as const satisfies Record<string, Statement>;

/** What anybody may send as an id and no application has is not asked of PostgreSQL, which refuses some of it. */
const APPLICATION_ID = /^app_[\w-]{16,100}$/;

/** Most applications that are kept in memory; far more than an installation has. */
const MOST_COPIES = 10_000;

/** Applications, with a copy in memory that PostgreSQL's notifications keep true in every server process. */
export class ApplicationStore {
  readonly #database: Database;
  /** Applications of Vestibule itself; they stand in no table and are never listed. */
  readonly #own: readonly Application[];
  readonly #copies = new Map<string, Application>();
  #isListening = false;
  /** Grows with each notification, so that a row read before one is not kept after it. */
  #generation = 0;

  constructor(database: Database, own: readonly Application[] = []) {
    this.#database = database;
    this.#own = own;
  }

  /** From now on copies are kept; without this every look reads the table. */
  async keepCopies(): Promise<void> {
    const forgetAll = (isListening: boolean) => {
      this.#isListening = isListening;
      this.#generation += 1;
      this.#copies.clear();
    };
    await this.#database.listen("vestibule_application", {
      connected: () => {
        forgetAll(true);
      },
      disconnected: () => {
        forgetAll(false);
      },
      heard: (id) => {
        this.#generation += 1;
        this.#copies.delete(id);
      },
    });
  }

  async find(id: string): Promise<Application | null> {
    const copy = this.#copies.get(id) ?? this.#own.find((application) => application.id === id);
    if (copy !== undefined) {
      return copy;
    }
    if (!APPLICATION_ID.test(id)) {
      return null;
    }
    const generation = this.#generation;
    const [row] = await this.#database.query<Row>(statements.find, [id]);
    if (row === undefined) {
      return null;
    }
    const application = toApplication(row);
    if (this.#isListening && generation === this.#generation && this.#copies.size < MOST_COPIES) {
      this.#copies.set(id, application);
    }
    return application;
  }

  async list(limit: number): Promise<Application[]> {
    return (await this.#database.query<Row>(statements.list, [limit])).map(toApplication);
  }

  /** The transaction works for the application's office, or for none. */
  async add(tx: Queryable, application: Application, at: Date): Promise<void> {
    const { id, officeId, name, type, firstParty, secretHash } = application;
    const settings = JSON.stringify(settingsOf(application));
    await tx.query(statements.add, [id, officeId, name, type, firstParty, secretHash, settings, at]);
  }

  async change(tx: Queryable, application: Application, at: Date): Promise<void> {
    const { id, name, firstParty } = application;
    await tx.query(statements.change, [id, name, firstParty, JSON.stringify(settingsOf(application)), at]);
  }

  async changeSecret(tx: Queryable, id: string, secretHash: Buffer, at: Date): Promise<void> {
    await tx.query(statements.changeSecret, [id, secretHash, at]);
  }
}

const settingsOf = (application: Application): ApplicationSettings => storedSettingsSchema.parse(application);

function toApplication(row: Row): Application {
  return {
    ...storedSettingsSchema.parse(row.settings),
    id: row.id,
    name: row.name,
    type: row.type,
    firstParty: row.first_party,
    officeId: row.office_id,
    secretHash: row.secret_hash,
  };
}
