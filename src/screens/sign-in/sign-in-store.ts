import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { epochSeconds, minutesAfter, now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import { CodeUsedMeanwhile } from "../../domain/factors/code-try.ts";
import type { TrustedBrowserStore } from "../../domain/factors/trusted-browser-store.ts";
import type { Fact, SignIn } from "./sign-in-state.ts";
import {
  emptySignIn,
  toSignIn,
  type InstallationRules,
  type SignInRow,
  type StoredSignIn,
} from "./sign-in-row.ts";
import type { Proof } from "./page.ts";

/** Which sign-in, and for whom it is. */
interface SignInKey {
  readonly uid: string;
  readonly applicationId: string | null;
  /** Tokens by which this browser may be trusted. */
  readonly trust: readonly string[];
}

type IsDue = (signIn: SignIn) => boolean;

interface Advance<T> {
  readonly isStillDue: IsDue;
  readonly then: (tx: Queryable, stored: StoredSignIn) => Promise<T>;
}

const EMPTY: StoredSignIn = { signIn: emptySignIn(), user: null };

const statements = {
  find: {
    name: "sign_in_find",
    text: `select s.*, is_password_expired((s.account ->> 'id')::uuid) as password_expired,
             is_browser_trusted((s.account ->> 'id')::uuid, $3, $2) as browser_trusted
           from find_sign_in($1, $2) s`,
  },
  lock: { name: "sign_in_lock", text: "select facts from sign_ins where id = $1 for update" },
  begin: {
    name: "sign_in_begin",
    text: `insert into sign_ins (id, office_id, user_id, facts, application_id, created_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing returning id`,
  },
  beginAgain: {
    name: "sign_in_begin_again",
    text: "update sign_ins set office_id = $2, user_id = $3, facts = $4, finished_at = null where id = $1 returning id",
  },
  add: {
    name: "sign_in_add_fact",
    text: "update sign_ins set facts = facts || $3::jsonb where id = $1 and user_id = $2 returning id",
  },
  finish: {
    name: "sign_in_finish",
    text: "update sign_ins set finished_at = $2 where id = $1 and finished_at is null returning id",
  },
  application: {
    name: "sign_in_application",
    text: "select application_id from sign_ins where id = $1 and expires_at > $2",
  },
  purge: {
    name: "sign_in_purge",
    text: `delete from sign_ins where ctid = any(array(
             select ctid from sign_ins where expires_at <= now() order by expires_at limit $1))`,
  },
} as const satisfies Record<string, Statement>;

/** The journey's memory, one row an interaction, found by a keyed hash of its uid. */
export class SignInStore {
  readonly #database: Database;
  readonly #hash: KeyedHash;
  readonly #trusted: TrustedBrowserStore;
  readonly #lifeMinutes: number;
  readonly #rules: InstallationRules;

  constructor(deps: {
    database: Database;
    hash: KeyedHash;
    trusted: TrustedBrowserStore;
    lifeMinutes: number;
    rules: InstallationRules;
  }) {
    this.#database = deps.database;
    this.#hash = deps.hash;
    this.#trusted = deps.trusted;
    this.#lifeMinutes = deps.lifeMinutes;
    this.#rules = deps.rules;
  }

  /** `trust`: tokens of the browser that asks. */
  find(uid: string, trust: readonly string[] = []): Promise<StoredSignIn> {
    return this.#read(this.#database, { uid, trust });
  }

  /** Records a fact of a sign-in that has begun. Answers false, and has written nothing, when it was not due any more. */
  async record(uid: string, proof: Proof, isStillDue: IsDue): Promise<boolean> {
    const then = () => Promise.resolve(true);
    return (
      (await this.advance({ uid, applicationId: null, trust: [] }, proof, { isStillDue, then })) === true
    );
  }

  /**
   * Records a fact: locks the row, asks `isStillDue` with the situation as it is now, writes the fact together with
   * what belongs to it, lets `then` go on in the same transaction with what has become of the sign-in, commits.
   * Answers what `then` does; null, and has written nothing, when the step was not due any more. What proved the fact
   * costs nothing when it is not recorded, whatever the reason.
   */
  async advance<T>(key: SignInKey, proof: Proof, { isStillDue, then }: Advance<T>): Promise<T | null> {
    try {
      return await this.#database.inOffice(proof.officeId, async (tx) => {
        const locked = await tx.query(statements.lock, [this.#key(key.uid)]);
        // Sent in this order over one connection, so the situation is read as `unblock` leaves it.
        const [, { signIn }] = await Promise.all([
          proof.liftBlock?.(tx),
          locked.length === 0 ? EMPTY : this.#read(tx, key),
        ]);
        if (!isStillDue(signIn)) {
          throw new NotDue();
        }
        const isWritten = await this.#write(tx, { ...key, exists: locked.length > 0 }, proof);
        if (!isWritten) {
          throw new LostRace();
        }
        return await then(tx, await this.#read(tx, key));
      });
    } catch (error) {
      await proof.release?.();
      if (error instanceof NotDue || error instanceof LostRace || error instanceof CodeUsedMeanwhile) {
        return null;
      }
      throw error;
    }
  }

  /** Ends the sign-in; answers false when it was ended before. */
  async finish(tx: Queryable, uid: string): Promise<boolean> {
    return isOne(await tx.query(statements.finish, [this.#key(uid), now()]));
  }

  /** The application that a sign-in was for, also when it is finished; null when it never began or is long over. */
  async findApplicationOf(uid: string): Promise<string | null> {
    const [row] = await this.#database.query<{ application_id: string | null }>(statements.application, [
      this.#key(uid),
      now(),
    ]);
    return row?.application_id ?? null;
  }

  /** Removes at most `limit` rows that are past their end. */
  async purge(limit: number): Promise<void> {
    await this.#database.query(statements.purge, [limit]);
  }

  /** Writes the fact and what belongs to it; one after the other over one connection, without waiting between. */
  async #write(tx: Queryable, key: SignInKey & { exists: boolean }, proof: Proof): Promise<boolean> {
    const [rows] = await Promise.all([this.#writeFact(tx, key, proof), proof.record(tx)]);
    return isOne(rows);
  }

  #writeFact(tx: Queryable, { uid, applicationId, exists }: SignInKey & { exists: boolean }, proof: Proof) {
    const recordedAt = now();
    const at = proof.at ?? epochSeconds(recordedAt);
    const types = [proof.type, ...(proof.also ?? [])];
    const facts = JSON.stringify(types.map((type): Fact => ({ type, at })));
    if (proof.type !== "password-proved" && proof.type !== "session-continued") {
      return tx.query(statements.add, [this.#key(uid), proof.userId, facts]);
    }
    // A password, or a session's, begins the sign-in, and begins it anew when it is due again: nothing of another person is left over.
    const values = [this.#key(uid), proof.officeId, proof.userId, facts];
    return exists
      ? tx.query(statements.beginAgain, values)
      : tx.query(statements.begin, [
          ...values,
          applicationId,
          recordedAt,
          minutesAfter(recordedAt, this.#lifeMinutes),
        ]);
  }

  async #read(queryable: Queryable, { uid, trust }: Pick<SignInKey, "uid" | "trust">): Promise<StoredSignIn> {
    const at = now();
    const values = [this.#key(uid), at, this.#trusted.hashes(trust)];
    const [row] = await queryable.query<SignInRow>(statements.find, values);
    return row === undefined ? EMPTY : toSignIn(row, at, this.#rules);
  }

  #key(uid: string): Buffer {
    return this.#hash(`sign-in ${uid}`);
  }
}

/** The step was not due any more; the transaction is undone, and with it what `unblock` did. */
class NotDue extends Error {}

/** Another request has begun this sign-in between our look and our write; the transaction is undone. */
class LostRace extends Error {}

const isOne = (rows: readonly object[]): boolean => rows.length === 1;
