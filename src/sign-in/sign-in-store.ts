import type { Database, Queryable, Statement } from "../database/database.ts";
import { epochSeconds, minutesAfter, type Clock } from "../kernel/clock.ts";
import type { KeyedHash } from "../kernel/secret.ts";
import { CodeUsedMeanwhile } from "../factors/second-factor-check.ts";
import type { Fact, SignIn } from "./journey.ts";
import { nobodyYet, toSignIn, type SignInRow } from "./sign-in-row.ts";
import type { Person, Proof } from "./page.ts";

/** A sign-in as it is stored, with what its guards read. */
export interface StoredSignIn {
  readonly signIn: SignIn;
  readonly person: Person | null;
}

const NOBODY: StoredSignIn = { signIn: nobodyYet(), person: null };

const statements = {
  find: {
    name: "sign_in_find",
    text: `select s.*, is_password_expired((s.account ->> 'id')::uuid) as password_expired
           from find_sign_in($1, $2) s`,
  },
  lock: { name: "sign_in_lock", text: "select facts from sign_ins where id = $1 for update" },
  begin: {
    name: "sign_in_begin",
    text: `insert into sign_ins (id, office_id, user_id, facts, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)
           on conflict (id) do nothing returning id`,
  },
  beginAgain: {
    name: "sign_in_begin_again",
    text: "update sign_ins set office_id = $2, user_id = $3, facts = $4 where id = $1 returning id",
  },
  add: {
    name: "sign_in_add_fact",
    text: "update sign_ins set facts = facts || $3::jsonb where id = $1 and user_id = $2 returning id",
  },
  purge: {
    name: "sign_in_purge",
    text: `delete from sign_ins where ctid = any(array(
             select ctid from sign_ins where expires_at <= $1 order by expires_at limit $2))`,
  },
} as const satisfies Record<string, Statement>;

/** The journey's memory, one row an interaction, found by a keyed hash of its uid. */
export class SignInStore {
  readonly #database: Database;
  readonly #hash: KeyedHash;
  readonly #clock: Clock;
  readonly #lifeMinutes: number;
  readonly #frozenFrom: number;

  constructor(parts: {
    database: Database;
    hash: KeyedHash;
    clock: Clock;
    lifeMinutes: number;
    frozenFrom: number;
  }) {
    this.#database = parts.database;
    this.#hash = parts.hash;
    this.#clock = parts.clock;
    this.#lifeMinutes = parts.lifeMinutes;
    this.#frozenFrom = parts.frozenFrom;
  }

  find(uid: string): Promise<StoredSignIn> {
    return this.#read(this.#database, uid);
  }

  /**
   * Records a fact: locks the row, asks `isStillDue` with the situation as it is now, writes the fact together with
   * what belongs to it, commits. Answers false, and has written nothing, when the step was not due any more.
   */
  record(uid: string, proof: Proof, isStillDue: (signIn: SignIn) => boolean): Promise<boolean> {
    return this.#database
      .inOffice(proof.officeId, async (tx) => {
        const locked = await tx.query(statements.lock, [this.#key(uid)]);
        // Sent in this order over one connection, so the situation is read as `unblock` leaves it.
        const [, { signIn }] = await Promise.all([
          proof.unblock?.(tx),
          locked.length === 0 ? NOBODY : this.#read(tx, uid),
        ]);
        if (!isStillDue(signIn)) {
          throw new NotDue();
        }
        const [written] = await Promise.all([
          this.#write(tx, uid, proof, locked.length > 0),
          proof.settle(tx),
        ]);
        if (!written) {
          throw new LostRace();
        }
        return true;
      })
      .catch((error: unknown) => {
        if (error instanceof NotDue || error instanceof LostRace || error instanceof CodeUsedMeanwhile) {
          return false;
        }
        throw error;
      });
  }

  /** Removes at most `limit` rows that are past their end. */
  async purge(limit: number): Promise<void> {
    await this.#database.query(statements.purge, [this.#clock(), limit]);
  }

  async #write(tx: Queryable, uid: string, proof: Proof, exists: boolean): Promise<boolean> {
    const now = this.#clock();
    const fact: Fact = { type: proof.type, at: epochSeconds(now) };
    const facts = JSON.stringify([fact]);
    if (proof.type !== "password-proved") {
      return isOne(await tx.query(statements.add, [this.#key(uid), proof.userId, facts]));
    }
    // A password begins the sign-in, and begins it anew when it is due again: nothing of another person is left over.
    const values = [this.#key(uid), proof.officeId, proof.userId, facts];
    return isOne(
      exists
        ? await tx.query(statements.beginAgain, values)
        : await tx.query(statements.begin, [...values, now, minutesAfter(now, this.#lifeMinutes)]),
    );
  }

  async #read(queryable: Queryable, uid: string): Promise<StoredSignIn> {
    const now = this.#clock();
    const [row] = await queryable.query<SignInRow>(statements.find, [this.#key(uid), now]);
    return row === undefined ? NOBODY : toSignIn(row, now, this.#frozenFrom);
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
