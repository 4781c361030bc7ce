import type { Database, Queryable, Statement } from "./database.ts";

/** Whose transaction it is: that of the first office that is worked in, or one that sees no office's rows. */
export type Scope = "office" | "no-office";

/**
 * Runs `work` on a database on which all transactions of the scope are one: committed when `work` has ended, rolled back when it
 * throws. Statements outside of a transaction belong to it as well, once it has begun. What is in another office has its own.
 */
export async function inOneTransaction<T>(
  database: Database,
  scope: Scope,
  work: (joined: Database) => Promise<T>,
): Promise<T> {
  const joined = new JoinedTransaction(database, scope);
  try {
    const result = await work(joined);
    await joined.commit();
    return result;
  } catch (error) {
    await joined.rollBack(error);
    throw error;
  }
}

/** The transaction that has begun; it ends when `end` is settled. */
interface Begun {
  readonly officeId: string | null;
  readonly tx: Promise<Queryable>;
  readonly end: PromiseWithResolvers<undefined>;
  readonly ended: Promise<void>;
}

class JoinedTransaction implements Database {
  readonly listen: Database["listen"];
  readonly markPresence: Database["markPresence"];
  readonly #database: Database;
  readonly #scope: Scope;
  #begun: Begun | null = null;

  constructor(database: Database, scope: Scope) {
    this.#database = database;
    this.#scope = scope;
    this.listen = database.listen.bind(database);
    this.markPresence = database.markPresence.bind(database);
  }

  async query<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row[]> {
    const queryable = this.#begun === null ? this.#database : await this.#begun.tx;
    return queryable.query<Row>(statement, values);
  }

  async inOffice<T>(officeId: string, work: (tx: Queryable) => Promise<T>): Promise<T> {
    if (this.#scope === "office") {
      this.#begun ??= this.#begin(officeId);
    }
    return this.#begun?.officeId === officeId
      ? work(await this.#begun.tx)
      : this.#database.inOffice(officeId, work);
  }

  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    if (this.#scope === "office") {
      return this.#database.transaction(work);
    }
    this.#begun ??= this.#begin(null);
    return work(await this.#begun.tx);
  }

  #begin(officeId: string | null): Begun {
    const opened = Promise.withResolvers<Queryable>();
    const end = Promise.withResolvers<undefined>();
    const work = async (tx: Queryable): Promise<void> => {
      opened.resolve(tx);
      await end.promise;
    };
    const ended =
      officeId === null ? this.#database.transaction(work) : this.#database.inOffice(officeId, work);
    // One that could not begin.
    ended.catch(opened.reject);
    return { officeId, tx: opened.promise, end, ended };
  }

  async commit(): Promise<void> {
    this.#begun?.end.resolve(undefined);
    await this.#begun?.ended;
  }

  async rollBack(reason: unknown): Promise<void> {
    this.#begun?.end.reject(reason);
    await this.#begun?.ended.catch(() => undefined);
  }

  /** The database is its owner's to close. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
