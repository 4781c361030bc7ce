import type { Database, Queryable } from "../../platform/database/database.ts";
import { epochSeconds, minutesAfter, now } from "../../kernel/clock.ts";
import { homeOf } from "../../kernel/home.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { UserRef } from "../../domain/users/user-ref.ts";
import { signInId } from "../../protocol/models/finished-login.ts";
import { reservationOf, type Reservation, type ReservationJson } from "../../domain/factors/guard-store.ts";
import { CodeUsedMeanwhile } from "../../domain/factors/code-try.ts";
import {
  openChallengeOf,
  type OpenChallenge,
  type OpenJson,
} from "../../domain/factors/passkeys/passkey-store.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";
import type { TrustedBrowserStore } from "../../domain/factors/trusted-browser-store.ts";
import { statements } from "./sign-in-statements.ts";
import { BEGINNINGS, factsOf, type FactType, type SignIn } from "./sign-in-state.ts";
import {
  emptySignIn,
  toSignIn,
  type InstallationRules,
  type SignInRow,
  type StoredSignIn,
} from "./sign-in-row.ts";
import type { Proof } from "./page.ts";
import { endJson, type Ended, type SignInEnd } from "./sign-in-end.ts";

/** Which sign-in, for a browser with which tokens of trust. */
interface SignInKey {
  readonly uid: string;
  readonly trust: readonly string[];
}

/** A code to reserve a try for with the same statement, unless the sign-in has one of the facts that its page proves. */
export interface Trying {
  readonly json: string;
  readonly proves: readonly FactType[];
}

/** What `advance` writes. */
interface Begun {
  readonly uid: string;
  readonly applicationId: string | null;
  readonly exists: boolean;
}

type IsDue = (signIn: SignIn) => boolean;

interface Advance<T> {
  readonly isStillDue: IsDue;
  readonly then: (tx: Queryable, stored: StoredSignIn) => Promise<T>;
}

const EMPTY: StoredSignIn = { signIn: emptySignIn(), user: null, office: null, row: null };

/**
 * The stored facts of sign-ins. One row for each interaction, found by a keyed hash of its uid: a copy of the table
 * opens no sign-in.
 */
export class SignInStore {
  readonly #database: Database;
  readonly #hash: KeyedHash;
  readonly #trusted: TrustedBrowserStore;
  readonly #offices: OfficeStore;
  readonly #lifeMinutes: number;
  readonly #rules: InstallationRules;

  constructor(deps: {
    database: Database;
    hash: KeyedHash;
    trusted: TrustedBrowserStore;
    offices: OfficeStore;
    lifeMinutes: number;
    rules: InstallationRules;
  }) {
    this.#database = deps.database;
    this.#hash = deps.hash;
    this.#trusted = deps.trusted;
    this.#offices = deps.offices;
    this.#lifeMinutes = deps.lifeMinutes;
    this.#rules = deps.rules;
  }

  /** Without a home no user is known, and nothing has been stored yet. */
  async find({ home, ...key }: SignInKey & { readonly home: number | null }): Promise<StoredSignIn> {
    return home === null ? EMPTY : this.#read(this.#database, { ...key, home });
  }

  /** The same, and reserves a try of a code where that may be due; null where it may not. */
  async findTrying(
    { home, uid, trust }: SignInKey & { readonly home: number },
    { json, proves }: Trying,
  ): Promise<{ readonly stored: StoredSignIn; readonly reservation: Reservation | null }> {
    const at = now();
    const values = [this.#key(uid), at, this.#trusted.hashes(trust), home, json, proves];
    type Row = SignInRow & { readonly reservation: ReservationJson | null };
    const [row] = await this.#database.query<Row>(statements.findTrying, values);
    const answer = row?.reservation ?? null;
    return { stored: this.#storedOf(row, at), reservation: answer === null ? null : reservationOf(answer) };
  }

  /** The same as `find`, with the challenge of a page that asks for a passkey; null where there is nothing to ask for. */
  async findAsking(
    { home, uid, trust }: SignInKey & { readonly home: number },
    { slot, json }: { readonly slot: Buffer; readonly json: string },
  ): Promise<{ readonly stored: StoredSignIn; readonly challenge: OpenChallenge | null }> {
    const at = now();
    const values = [this.#key(uid), at, this.#trusted.hashes(trust), home, slot, json];
    type Row = SignInRow & { readonly challenge: OpenJson | null };
    const [row] = await this.#database.query<Row>(statements.findAsking, values);
    const answer = row?.challenge ?? null;
    return { stored: this.#storedOf(row, at), challenge: answer === null ? null : openChallengeOf(answer) };
  }

  /** Gives back a try of `findTrying` whose answer was lost. */
  async giveBackTry(uid: string, { home, tried }: { home: number; tried: Buffer }): Promise<void> {
    await this.#database.query(statements.giveBackTry, [home, this.#key(uid), now(), tried]);
  }

  /** For pages beside the sign-in, which know no home. */
  async findAnywhere(uid: string): Promise<StoredSignIn> {
    const row = await this.#anywhere(uid);
    return this.find({ uid, home: row?.home ?? null, trust: [] });
  }

  /**
   * Records a fact of a sign-in that has begun. Returns false, without writing anything, when the step was no longer
   * due.
   */
  async record(uid: string, proof: Proof, isStillDue: IsDue): Promise<boolean> {
    const then = () => Promise.resolve(true);
    return (
      (await this.advance({ uid, applicationId: null, trust: [] }, proof, { isStillDue, then })) === true
    );
  }

  /**
   * Records a fact. Locks the row, asks `isStillDue` with the current state, writes the fact with all that belongs to
   * it, runs `then` with the new state in the same transaction, and commits. Returns the result of `then`; null,
   * without writing anything, when the step was no longer due. A fact that is not recorded is released, whatever the
   * reason: it costs the user no code.
   */
  async advance<T>(
    begun: SignInKey & { readonly applicationId: string | null },
    proof: Proof,
    { isStillDue, then }: Advance<T>,
  ): Promise<T | null> {
    const key = { ...begun, home: homeOf(proof.officeId) };
    try {
      return await this.#database.inOffice(proof.officeId, async (tx) => {
        const locked = await tx.query(statements.lock, [this.#key(key.uid)]);
        // Both go over one connection in this order, so the read sees the result of `liftBlock`.
        const [, { signIn }] = await Promise.all([
          proof.changes?.liftBlock?.(tx),
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

  /** Ends the sign-in, in a transaction of its office, with all that a complete one leaves behind. */
  async end(tx: Queryable, uid: string, user: UserRef, end: SignInEnd): Promise<Ended> {
    const values = [this.#key(uid), user.officeId, user.id, now(), endJson(end)];
    const [row] = await tx.query<{ is_first: boolean; replaced: Buffer[] }>(statements.end, values);
    return { isFirst: row?.is_first === true, replaced: row?.replaced ?? [] };
  }

  /** The application of a sign-in, even of one that was finished or has expired within a day; null when it never began. */
  async findApplicationOf(uid: string): Promise<string | null> {
    return (await this.#anywhere(uid))?.application_id ?? null;
  }

  /** Removes at most `limit` rows that expired a day ago: until then a page that was left open can say where to go. */
  async purge(limit: number): Promise<void> {
    await this.#database.query(statements.purge, [limit]);
  }

  async #anywhere(uid: string) {
    type Found = { readonly home: number; readonly application_id: string | null };
    const [row] = await this.#database.query<Found>(statements.anywhere, [this.#key(uid)]);
    return row;
  }

  /** Writes the fact and what belongs to it, pipelined over one connection. */
  async #write(tx: Queryable, key: Begun, proof: Proof): Promise<boolean> {
    const [rows] = await Promise.all([this.#writeFact(tx, key, proof), proof.changes?.record(tx)]);
    return isOne(rows);
  }

  #writeFact(tx: Queryable, { uid, applicationId, exists }: Begun, proof: Proof) {
    const recordedAt = now();
    const facts = JSON.stringify(factsOf(proof, epochSeconds(recordedAt)));
    if (!BEGINNINGS.has(proof.type)) {
      return tx.query(statements.add, [this.#key(uid), proof.userId, facts]);
    }
    // When the password is due again, the row starts over: no fact of
    // another user remains.
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

  /** The state that a row stands for; also one that is not stored yet. */
  stateOf(row: SignInRow, at: Date): Pick<StoredSignIn, "signIn" | "user"> {
    return toSignIn(row, at, this.#rules);
  }

  async #read(
    queryable: Queryable,
    { uid, home, trust }: SignInKey & { home: number },
  ): Promise<StoredSignIn> {
    const at = now();
    const values = [this.#key(uid), at, this.#trusted.hashes(trust), home];
    const [row] = await queryable.query<SignInRow>(statements.find, values);
    return this.#storedOf(row, at);
  }

  #storedOf(row: SignInRow | undefined, at: Date): StoredSignIn {
    if (row === undefined) {
      return EMPTY;
    }
    const office = row.office === null ? null : this.#offices.fromJson(row.office);
    return { ...this.stateOf(row, at), office, row };
  }

  #key(uid: string): Buffer {
    return signInId(this.#hash, uid);
  }
}

/** The step was no longer due. The transaction is rolled back, and with it the work of `liftBlock`. */
class NotDue extends Error {}

/** Another request has begun this sign-in between our read and our write. The transaction is rolled back. */
class LostRace extends Error {}

const isOne = (rows: readonly object[]): boolean => rows.length === 1;
