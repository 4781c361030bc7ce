import type { Database, Queryable, Statement } from "../../platform/database/database.ts";

/** A signing key as a row of the database. */
export interface SigningKeyRow {
  readonly id: string;
  readonly algorithm: string;
  readonly sealed_private_jwk: Buffer;
  readonly created_at: Date;
  readonly used_from: Date;
  readonly expires_at: Date | null;
}

export interface NewSigningKey {
  readonly id: string;
  readonly algorithm: string;
  readonly publicJwk: string;
  readonly sealed: Buffer;
  readonly createdAt: Date;
  readonly usedFrom: Date;
}

const KEYS_LOCK = 7_391_002;

const statements = {
  lock: { name: "signing_keys_lock", text: "select pg_advisory_xact_lock($1)" },
  list: {
    name: "signing_keys_list",
    text: `select id, algorithm, sealed_private_jwk, created_at, used_from, expires_at from signing_keys
           where expires_at is null or expires_at > $1 order by used_from desc, created_at desc, id`,
  },
  add: {
    name: "signing_keys_add",
    text: `insert into signing_keys (id, algorithm, public_jwk, sealed_private_jwk, created_at, used_from)
           values ($1, $2, $3, $4, $5, $6)`,
  },
  sealedByOld: {
    name: "signing_keys_sealed_by_old",
    text: `select id, sealed_private_jwk as sealed from signing_keys where substring(sealed_private_jwk from 1 for 4) <> $1
           order by id limit $2`,
  },
  // Only if it is still what was read, so that no concurrent change is lost.
  replaceSealed: {
    name: "signing_keys_replace_sealed",
    text: "update signing_keys set sealed_private_jwk = $3 where id = $1 and sealed_private_jwk = $2 returning id",
  },
  retire: {
    name: "signing_keys_retire",
    text: `update signing_keys set expires_at = $3
           where algorithm = $1 and used_from < $2 and (expires_at is null or expires_at > $3)`,
  },
  // Of algorithms that no application has.
  retireOthers: {
    name: "signing_keys_retire_others",
    text: "update signing_keys set expires_at = $2 where algorithm <> all($1) and expires_at is null",
  },
  keep: { name: "signing_keys_keep", text: "update signing_keys set expires_at = null where id = $1" },
  purge: { name: "signing_keys_purge", text: "delete from signing_keys where expires_at <= now()" },
} as const satisfies Record<string, Statement>;

/** The table of signing keys. */
export class SigningKeyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Runs `work` under a lock: processes that change the keys at the same time do so one after the other. */
  withLock<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#database.transaction(async (tx) => {
      await this.lock(tx);
      return work(tx);
    });
  }

  /** The same lock for the rest of a transaction that the caller has begun. */
  async lock(tx: Queryable): Promise<void> {
    await tx.query(statements.lock, [KEYS_LOCK]);
  }

  /** Newest first. */
  list(now: Date, tx: Queryable = this.#database): Promise<SigningKeyRow[]> {
    return tx.query<SigningKeyRow>(statements.list, [now]);
  }

  async add(tx: Queryable, key: NewSigningKey): Promise<void> {
    const { id, algorithm, publicJwk, sealed, createdAt, usedFrom } = key;
    await tx.query(statements.add, [id, algorithm, publicJwk, sealed, createdAt, usedFrom]);
  }

  /** Sets the end of the keys of an algorithm that were in use before `usedFrom`. */
  async retire(
    tx: Queryable,
    algorithm: string,
    { usedFrom, endsAt }: { usedFrom: Date; endsAt: Date },
  ): Promise<void> {
    await tx.query(statements.retire, [algorithm, usedFrom, endsAt]);
  }

  /** Sets the end of the keys whose algorithm is none of `used`. */
  async retireOthers(tx: Queryable, used: readonly string[], endsAt: Date): Promise<void> {
    await tx.query(statements.retireOthers, [used, endsAt]);
  }

  /** Takes back the end of a key. */
  async keep(tx: Queryable, id: string): Promise<void> {
    await tx.query(statements.keep, [id]);
  }

  async purge(tx: Queryable): Promise<void> {
    await tx.query(statements.purge);
  }

  findSealedByOld(mark: Buffer, limit: number): Promise<{ id: string; sealed: Buffer }[]> {
    return this.#database.query(statements.sealedByOld, [mark, limit]);
  }

  /** Only if the key is still what was read. */
  async replaceSealed(id: string, { before, after }: { before: Buffer; after: Buffer }): Promise<void> {
    await this.#database.query(statements.replaceSealed, [id, before, after]);
  }
}
