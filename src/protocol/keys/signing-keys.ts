import type { JWK } from "jose";
import type { SigningAlgorithm } from "../../domain/applications/application-settings.ts";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { daysAfter, minutesAfter, now } from "../../kernel/clock.ts";
import { OperatorError } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/random.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import { ReEncryption } from "../../platform/secrets/re-encryption.ts";
import { makeKeyPair, stateOf, type SigningKey, type SigningKeyInfo } from "./signing-key.ts";
import type { SigningKeyStore, SigningKeyRow } from "./signing-key-store.ts";

/**
 * Signing keys: created, published, used, retired. This folder owns their table, their rotation in a running server, and the
 * pairwise names that hide a user from applications of other sectors. Start at `SigningKeys`.
 */

/**
 * A replaced key stays published as long as a token that it has signed may be presented. Tokens live for an hour at most,
 * but an ID token is a hint at the sign-out for as long as a session can last, three days.
 */
const RETIRED_FOR_DAYS = 4;

/** A new key is published this long before it signs, so that every process and every application has read it. */
export const PUBLISHED_AHEAD_MINUTES = 24 * 60;

interface SigningKeysDeps {
  readonly store: SigningKeyStore;
  readonly applications: Pick<ApplicationStore, "algorithms">;
  readonly box: SecretBox;
}

/** The keys that sign tokens, one of each algorithm that an application has chosen. Private keys are encrypted in the database. */
export class SigningKeys {
  /** Re-encrypts the private keys with the first data key. */
  readonly reEncryption: ReEncryption<null>;
  readonly #store: SigningKeyStore;
  readonly #applications: SigningKeysDeps["applications"];
  readonly #box: SecretBox;

  constructor({ store, applications, box }: SigningKeysDeps) {
    this.#store = store;
    this.#applications = applications;
    this.#box = box;
    this.reEncryption = new ReEncryption({
      box,
      places: () => Promise.resolve([null]),
      find: (_, mark, limit) => this.#store.findSealedByOld(mark, limit),
      replace: (_, id, change) => this.#store.replaceSealed(id, change),
      contextOf: (_, id) => contextOf(id),
    });
  }

  /**
   * All published keys. Creates the first ones: one of each algorithm that applications have chosen, even when two processes start at
   * the same time.
   */
  async load(): Promise<SigningKey[]> {
    const rows = await this.#store.withLock(async (tx) => {
      for (const algorithm of await this.#applications.algorithms(tx)) {
        await this.#prepare(tx, algorithm);
      }
      return this.#store.list(now(), tx);
    });
    return rows.map((row) => this.#open(row));
  }

  /**
   * Makes the key of an algorithm when there is none, in the transaction that stores the first application with it: nothing is
   * published before it is needed, and every process that reads the application finds its key.
   */
  async prepare(tx: Queryable, algorithm: SigningAlgorithm): Promise<void> {
    await this.#store.lock(tx);
    await this.#prepare(tx, algorithm);
  }

  /** Like `load`, but creates nothing. */
  async read(): Promise<SigningKey[]> {
    return (await this.#store.list(now())).map((row) => this.#open(row));
  }

  /**
   * Creates a new key of each algorithm that applications have chosen. It is published now and signs in `aheadMinutes`; the previous keys stay published
   * until their last token has expired. `record` writes to the audit log in the same transaction.
   */
  async rotate(
    record: (tx: Queryable) => Promise<void>,
    aheadMinutes = PUBLISHED_AHEAD_MINUTES,
  ): Promise<void> {
    await this.#store.withLock(async (tx) => {
      await this.#rotateAll(tx, aheadMinutes);
      await record(tx);
    });
  }

  /** The same for a caller that has seen the keys: returns false when `newest` is no longer the newest key. */
  rotateOnce(
    newest: string,
    { record, aheadMinutes }: { record: (tx: Queryable) => Promise<void>; aheadMinutes: number },
  ): Promise<boolean> {
    return this.#store.withLock(async (tx) => {
      const [first] = await this.#store.list(now(), tx);
      if (first?.id !== newest) {
        return false;
      }
      await this.#rotateAll(tx, aheadMinutes);
      await record(tx);
      return true;
    });
  }

  /**
   * For the schedule: rotates keys that have signed for `days`, retires those of algorithms that no application has any more, and
   * removes expired ones. Returns whether it rotated.
   */
  rotateDue(days: number, record: (tx: Queryable) => Promise<void>): Promise<boolean> {
    return this.#store.withLock(async (tx) => {
      await this.#store.purge(tx);
      const used = await this.#applications.algorithms(tx);
      await this.#store.retireOthers(tx, used, daysAfter(now(), RETIRED_FOR_DAYS));
      const rows = await this.#store.list(now(), tx);
      const old = used.filter((algorithm) => {
        const newest = rows.find((row) => row.algorithm === algorithm);
        return newest !== undefined && daysAfter(newest.used_from, days) <= now();
      });
      if (old.length > 0) {
        await this.#rotate(tx, old, PUBLISHED_AHEAD_MINUTES);
        await record(tx);
      }
      return old.length > 0;
    });
  }

  async list(): Promise<SigningKeyInfo[]> {
    const at = now();
    const rows = await this.#store.list(at);
    return rows.map((row) => ({
      id: row.id,
      algorithm: row.algorithm,
      state: stateOf(row, rows, at),
      createdAt: row.created_at,
      usedFrom: row.used_from,
      expiresAt: row.expires_at,
    }));
  }

  async #rotateAll(tx: Queryable, aheadMinutes: number): Promise<void> {
    const used = await this.#applications.algorithms(tx);
    const before = await this.#store.list(now(), tx);
    for (const algorithm of used) {
      await this.#prepare(tx, algorithm);
    }
    const isThere = (each: SigningAlgorithm) => before.some(({ algorithm }) => algorithm === each);
    await this.#rotate(tx, used.filter(isThere), aheadMinutes);
  }

  /** The very first key of an algorithm signs at once: no client has a set of before in which it would look for it. */
  async #prepare(tx: Queryable, algorithm: SigningAlgorithm): Promise<void> {
    const newest = (await this.#store.list(now(), tx)).find((row) => row.algorithm === algorithm);
    if (newest === undefined) {
      await this.#add(tx, [algorithm], now());
    } else if (newest.expires_at !== null) {
      // The algorithm was out of use, and is chosen again while its last key is still published.
      await this.#store.keep(tx, newest.id);
    }
  }

  async #rotate(tx: Queryable, algorithms: readonly SigningAlgorithm[], aheadMinutes: number): Promise<void> {
    const usedFrom = minutesAfter(now(), aheadMinutes);
    await this.#add(tx, algorithms, usedFrom);
    for (const algorithm of algorithms) {
      await this.#store.retire(tx, algorithm, { usedFrom, endsAt: daysAfter(usedFrom, RETIRED_FOR_DAYS) });
    }
  }

  async #add(tx: Queryable, algorithms: readonly SigningAlgorithm[], usedFrom: Date): Promise<void> {
    const pairs = await Promise.all(algorithms.map(makeKeyPair));
    for (const [place, { publicKey, privateKey }] of pairs.entries()) {
      const id = randomToken(12);
      await this.#store.add(tx, {
        id,
        algorithm: algorithms[place] ?? "",
        publicJwk: JSON.stringify(publicKey.export({ format: "jwk" })),
        sealed: this.#box.seal(JSON.stringify(privateKey.export({ format: "jwk" })), contextOf(id)),
        createdAt: now(),
        usedFrom,
      });
    }
  }

  #open({ id, algorithm, sealed_private_jwk: sealed, used_from: usedFrom }: SigningKeyRow): SigningKey {
    try {
      const jwk = JSON.parse(this.#box.open(sealed, contextOf(id))) as JWK;
      return { jwk: { ...jwk, kid: id, alg: algorithm, use: "sig" }, usedFrom };
    } catch (error) {
      throw new OperatorError(
        "The secrets file does not open the signing keys of this database. Restore the file that belongs to it.",
        { cause: error },
      );
    }
  }
}

const contextOf = (id: string) => `signing key ${id}`;
