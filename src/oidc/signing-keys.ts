import { generateKeyPairSync } from "node:crypto";
import type { JWK } from "oidc-provider";
import type { Database, Queryable, Statement } from "../database/database.ts";
import { daysAfter, type Clock } from "../kernel/clock.ts";
import { OperatorError } from "../kernel/errors.ts";
import { randomToken } from "../kernel/random.ts";
import type { SecretBox } from "../kernel/secret.ts";

const ALGORITHMS = ["ES256", "RS256"] as const;
type Algorithm = (typeof ALGORITHMS)[number];

/** A private key as oidc-provider takes it (RFC 7517). */
export type SigningJwk = JWK & { kid: string; alg: Algorithm; use: "sig" };

export interface SigningKeyInfo {
  readonly id: string;
  readonly algorithm: Algorithm;
  readonly state: "current" | "retired";
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

interface Row {
  readonly id: string;
  readonly algorithm: Algorithm;
  readonly state: "current" | "retired";
  readonly sealed_private_jwk: Buffer;
  readonly created_at: Date;
  readonly expires_at: Date | null;
}

/** A retired key stays published until the last token that it signed has ended; no token lives longer than a day. */
const RETIRED_FOR_DAYS = 2;
const KEYS_LOCK = 7_391_002;

const statements = {
  lock: { name: "signing_keys_lock", text: "select pg_advisory_xact_lock($1)" },
  list: {
    name: "signing_keys_list",
    text: `select id, algorithm, state, sealed_private_jwk, created_at, expires_at from signing_keys
           where expires_at is null or expires_at > $1 order by state, created_at desc`,
  },
  add: {
    name: "signing_keys_add",
    text: `insert into signing_keys (id, algorithm, state, public_jwk, sealed_private_jwk, created_at)
           values ($1, $2, 'current', $3, $4, $5)`,
  },
  sealedByOld: {
    name: "signing_keys_sealed_by_old",
    text: `select id, sealed_private_jwk from signing_keys where substring(sealed_private_jwk from 1 for 4) <> $1
           order by id limit $2`,
  },
  // Only what was read: nothing that changed meanwhile is lost.
  reseal: {
    name: "signing_keys_reseal",
    text: "update signing_keys set sealed_private_jwk = $3 where id = $1 and sealed_private_jwk = $2 returning id",
  },
  retire: {
    name: "signing_keys_retire",
    text: "update signing_keys set state = 'retired', expires_at = $1 where state = 'current'",
  },
} as const satisfies Record<string, Statement>;

/** Keys that sign tokens: private halves encrypted in the database, one current key of each algorithm. */
export class SigningKeys {
  readonly #database: Database;
  readonly #box: SecretBox;
  readonly #clock: Clock;

  constructor(database: Database, box: SecretBox, clock: Clock) {
    this.#database = database;
    this.#box = box;
    this.#clock = clock;
  }

  /** Current keys first. Makes the first set; two processes that start together make one. */
  async load(): Promise<SigningJwk[]> {
    const rows = await this.#database.transaction(async (tx) => {
      await tx.query(statements.lock, [KEYS_LOCK]);
      const found = await tx.query<Row>(statements.list, [this.#clock()]);
      if (found.some((row) => row.state === "current")) {
        return found;
      }
      await this.#addSet(tx);
      return tx.query<Row>(statements.list, [this.#clock()]);
    });
    return rows.map((row) => this.#open(row));
  }

  /**
   * Makes a new current set and retires the one before; servers use it from their next start on. `tell` writes to the
   * audit log in the same transaction.
   */
  async rotate(tell: (tx: Queryable) => Promise<void>): Promise<void> {
    await this.#database.transaction(async (tx) => {
      await tx.query(statements.lock, [KEYS_LOCK]);
      await tx.query(statements.retire, [daysAfter(this.#clock(), RETIRED_FOR_DAYS)]);
      await this.#addSet(tx);
      await tell(tx);
    });
  }

  async list(): Promise<SigningKeyInfo[]> {
    const rows = await this.#database.query<Row>(statements.list, [this.#clock()]);
    return rows.map(({ id, algorithm, state, created_at: createdAt, expires_at: expiresAt }) => ({
      id,
      algorithm,
      state,
      createdAt,
      expiresAt,
    }));
  }

  /** Seals again what an older data key has sealed, at most `limit`; answers how many it found. */
  async reseal(limit: number): Promise<number> {
    const rows = await this.#sealedByOld(limit);
    for (const { id, sealed_private_jwk: sealed } of rows) {
      const again = this.#box.reseal(sealed, contextOf(id));
      await this.#database.query(statements.reseal, [id, sealed, again]);
    }
    return rows.length;
  }

  async isSealedByOld(): Promise<boolean> {
    return (await this.#sealedByOld(1)).length > 0;
  }

  #sealedByOld(limit: number) {
    return this.#database.query<Pick<Row, "id" | "sealed_private_jwk">>(statements.sealedByOld, [
      this.#box.mark,
      limit,
    ]);
  }

  async #addSet(tx: Queryable): Promise<void> {
    for (const algorithm of ALGORITHMS) {
      const id = randomToken(12);
      const { publicKey, privateKey } = generateKeyPair(algorithm);
      const sealed = this.#box.seal(JSON.stringify(privateKey.export({ format: "jwk" })), contextOf(id));
      const publicJwk = JSON.stringify(publicKey.export({ format: "jwk" }));
      await tx.query(statements.add, [id, algorithm, publicJwk, sealed, this.#clock()]);
    }
  }

  #open({ id, algorithm, sealed_private_jwk: sealed }: Row): SigningJwk {
    try {
      const jwk = JSON.parse(this.#box.open(sealed, contextOf(id))) as JWK;
      return { ...jwk, kid: id, alg: algorithm, use: "sig" };
    } catch (error) {
      throw new OperatorError(
        "The secrets file does not open the signing keys of this database. Restore the file that belongs to it.",
        { cause: error },
      );
    }
  }
}

const contextOf = (id: string) => `signing key ${id}`;

function generateKeyPair(algorithm: Algorithm) {
  switch (algorithm) {
    case "ES256":
      return generateKeyPairSync("ec", { namedCurve: "P-256" });
    case "RS256":
      return generateKeyPairSync("rsa", { modulusLength: 2048 });
  }
}
