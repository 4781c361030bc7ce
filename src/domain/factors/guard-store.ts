import { setTimeout as wait } from "node:timers/promises";
import type { Database, Queryable } from "../../platform/database/database.ts";
import type { OwedWork } from "../../platform/database/owed-work.ts";
import { secondsAfter, now } from "../../kernel/clock.ts";
import { randomKey } from "../../kernel/random.ts";
import { homeOf } from "../../kernel/home.ts";
import type { CodeToSpend, CodeTry } from "./code-try.ts";
import { statements } from "./guard-statements.ts";
import type { StoredCode } from "./stored-code.ts";
import type { UserRef } from "../users/user-ref.ts";

/** The state of the guard after a try was reserved. */
export interface GuardState {
  readonly failedAttempts: number;
  readonly failedSinceSuccess: number;
  readonly blockedUntil: Date | null;
  /** How the last incorrect code was answered; null when a correct one has come since. */
  readonly lastWrong: string | null;
}

export interface GuardNumbers {
  /** Incorrect codes that begin a lockout. */
  readonly maxFailedAttempts: number;
  readonly blockMinutes: number;
  /** Failed attempts since the last success from which a lockout lasts an hour, then a day, and from which only a reset helps. */
  readonly hourFrom: number;
  readonly dayFrom: number;
  readonly frozenFrom: number;
}

interface Row {
  readonly failed_attempts: number;
  readonly failed_since_success: number;
  readonly blocked_until: Date | null;
  readonly wrong_as: string | null;
}

/** One try: the form that it came from, and an id of its own. */
export interface Try {
  readonly id: Buffer;
  /** Keyed hash of the sign-in, the kind and the code; the beginning of the id. */
  readonly form: Buffer;
  readonly kind: CodeTry["type"];
  /** Where the code is entered, as codes of text messages name it. */
  readonly slot: Buffer;
}

/**
 * `stored`: what the code is compared with. `refused`: no try is left. `in-hand`: the same form was submitted a moment before and is
 * being checked.
 */
export type Reservation =
  | { readonly type: "reserved"; readonly state: GuardState; readonly stored: StoredCode }
  | { readonly type: "refused" | "in-hand" };

/** As `reserve_code` of the database returns it. */
export type ReservationJson =
  | { readonly state: JsonState; readonly stored: StoredCode }
  | { readonly state?: undefined; readonly type: "refused" | "in-hand" };

type JsonState = Omit<GuardState, "blockedUntil"> & { readonly blockedUntil: string | null };

/** Password resets that end a lockout, within 24 hours of the first. */
const LIFTS = 2;

const FORM_BYTES = 16;
const TRY_BYTES = 8;

/** A try that was reserved longer ago belongs to a request that has died: none takes this long. */
const IN_HAND_SECONDS = 30;
/** How long to wait between checks of a try that is in hand. */
const POLL_INTERVALS_MS = [50, 100, 200, 400, 800, 1_000, 1_000, 1_000];

/** `hash`: keyed, of what was submitted. */
export const newTry = (hash: Buffer, { kind, slot }: Pick<Try, "kind" | "slot">): Try => {
  const form = hash.subarray(0, FORM_BYTES);
  return { form, id: Buffer.concat([form, randomKey(TRY_BYTES)]), kind, slot };
};

export function reservationOf(json: ReservationJson): Reservation {
  if (json.state === undefined) {
    return { type: json.type };
  }
  const { blockedUntil, ...state } = json.state;
  const until = blockedUntil === null ? null : new Date(blockedUntil);
  return { type: "reserved", state: { ...state, blockedUntil: until }, stored: json.stored };
}

/** The state of the guard after a lift. */
export type LiftResult =
  { readonly type: "lifted" | "free" | "frozen" } | { readonly type: "blocked"; readonly until: Date };

/** One row per user, shared by every kind of code and every page. */
export class GuardStore {
  readonly #database: Database;
  readonly #numbers: GuardNumbers;
  readonly #owed: OwedWork;

  constructor(deps: { database: Database; numbers: GuardNumbers; owed: OwedWork }) {
    this.#database = deps.database;
    this.#numbers = deps.numbers;
    this.#owed = deps.owed;
  }

  /** Reserves one try, which is committed at once. */
  async reserve(user: UserRef, tried: Try, now: Date): Promise<Reservation> {
    const values = [homeOf(user.officeId), user.officeId, user.id, now, this.tryJson(tried, now)];
    const [row] = await this.#database.query<{ answer: ReservationJson }>(statements.reserve, values);
    return row === undefined ? { type: "refused" } : reservationOf(row.answer);
  }

  /** A try as `reserve_code` of the database reads it, with the numbers of the guard. */
  tryJson({ id, kind, slot }: Try, now: Date): string {
    const bytes = { id: id.toString("hex"), slot: slot.toString("hex") };
    return JSON.stringify({ ...bytes, kind, staleBefore: staleBefore(now), ...this.#numbers });
  }

  /**
   * Gives back a try whose code was correct and not recorded, or not checked. Never call it for a code that was checked
   * and incorrect. Never throws: what the database does not accept now is written later.
   */
  giveBack({ id, officeId }: UserRef, { id: tryId }: Try): Promise<void> {
    return this.#owed.runOrDefer("a try of a code that was right", () =>
      this.#database.query(statements.giveBack, [homeOf(officeId), officeId, id, now(), tryId]),
    );
  }

  /** The code was checked and incorrect: the try is never given back. `as`: the result for a second submission of the form. */
  async fail(tx: Queryable, { id, officeId }: UserRef, { id: tryId }: Try, as: string): Promise<void> {
    await tx.query(statements.fail, [officeId, id, tryId, as]);
  }

  /** Waits until the form that is in hand has been checked, some seconds at most; `form` null: until every form has. */
  async whenChecked(user: UserRef, form: Buffer | null): Promise<void> {
    for (const pause of POLL_INTERVALS_MS) {
      if (!(await this.#isInHand(user, form, now()))) {
        return;
      }
      await wait(pause);
    }
  }

  /** The result of the form that was checked last, if it was this form and incorrect. */
  async wrongAs({ id, officeId }: UserRef, form: Buffer): Promise<GuardState | null> {
    const [row] = await this.#database.inOffice(officeId, (tx) =>
      tx.query<Row>(statements.wrongAs, [officeId, id, form]),
    );
    return row === undefined ? null : stateOf(row);
  }

  /** The number of wrong codes from which only a reset helps. */
  get frozenFrom(): number {
    return this.#numbers.frozenFrom;
  }

  /** After the correct first code of a new factor: this try is taken back, and the failures before it stay. */
  async takeBack(tx: Queryable, { id, officeId }: UserRef, { id: tryId }: Try): Promise<void> {
    await tx.query(statements.takeBack, [officeId, id, now(), tryId]);
  }

  /**
   * Uses up a right code of a confirmed factor, and clears the wrong ones. Returns how many recovery codes are left; null when the code
   * was used meanwhile. A sign-in does it in one statement with its fact.
   */
  async spend(
    tx: Queryable,
    { id, officeId }: UserRef,
    { code, at }: { code: CodeToSpend; at: Date },
  ): Promise<number | null> {
    const values = [officeId, id, at, JSON.stringify(code)];
    return (await tx.query<{ left: number | null }>(statements.spend, values))[0]?.left ?? null;
  }

  /** Only after a reset. */
  async succeed(tx: Queryable, { id, officeId }: UserRef): Promise<void> {
    await tx.query(statements.succeed, [officeId, id]);
  }

  /** Ends a lockout; used tries stay used. `frozen`: only a reset helps, and nothing was changed; `free`: there was none. */
  async unlock(tx: Queryable, { id, officeId }: UserRef): Promise<"unlocked" | "free" | "frozen"> {
    const values = [officeId, id, this.#numbers.frozenFrom];
    if ((await tx.query(statements.unlock, values)).length === 1) {
      return "unlocked";
    }
    return (await tx.query(statements.frozen, values)).length === 0 ? "free" : "frozen";
  }

  /**
   * Ends a lockout after a completed password reset, at most twice a day. Used tries stay used: an attacker who has the
   * password and the mailbox gets no more guesses than the freezing of the factor allows.
   */
  async lift(tx: Queryable, { id, officeId }: UserRef, now: Date): Promise<LiftResult> {
    const [row] = await tx.query<Row>(statements.look, [officeId, id]);
    const lifted = await tx.query(statements.lift, [officeId, id, now, LIFTS]);
    if (row !== undefined && row.failed_since_success >= this.#numbers.frozenFrom) {
      return { type: "frozen" };
    }
    const until = row?.blocked_until ?? null;
    if (until === null || until <= now) {
      return { type: "free" };
    }
    return lifted.length === 1 ? { type: "lifted" } : { type: "blocked", until };
  }

  async #isInHand({ id, officeId }: UserRef, form: Buffer | null, now: Date): Promise<boolean> {
    const values = [officeId, id, staleBefore(now), form];
    const found = await this.#database.inOffice(officeId, (tx) => tx.query(statements.isInHand, values));
    return found.length > 0;
  }
}

const staleBefore = (now: Date): Date => secondsAfter(now, -IN_HAND_SECONDS);

const stateOf = ({ failed_attempts, failed_since_success, blocked_until, wrong_as }: Row): GuardState => ({
  failedAttempts: failed_attempts,
  failedSinceSuccess: failed_since_success,
  blockedUntil: blocked_until,
  lastWrong: wrong_as,
});
