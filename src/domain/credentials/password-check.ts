import type { AuditStore } from "../audit/audit-store.ts";
import type { AuditEvent } from "../audit/audit-event.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { OwedWork } from "../../platform/database/owed-work.ts";
import { epochSeconds } from "../../kernel/clock.ts";
import { PageError } from "../../kernel/errors.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import { foldOfficeCode, type OfficeLook } from "../offices/office.ts";
import { isCommonPassword } from "./common-passwords.ts";
import type { PasswordHasher } from "./password.ts";
import type { Counter } from "../../platform/limits/rate-limit-store.ts";
import type { Candidate, Tried, UserState } from "./password-check-store.ts";
import type { Found, PasswordComparison } from "./password-comparison.ts";
import type { GuardAlarm, PasswordGuard, Reservation } from "./password-guard.ts";
import type { UserStore } from "../users/user-store.ts";
import { foldUsername } from "../users/username.ts";

/**
 * Credentials: the password, the guard against guessing it, and the links that are mailed. This folder decides whether a password
 * is correct and when it may be replaced; it knows no page and no second factor. Start at `PasswordCheck`, then read
 * `password-comparison.ts` for the comparison with the stored hash, `password-guard.ts` for limits, `familiar-browsers.ts` for
 * browsers of the owner, and `one-time-link.ts` for links.
 */

/** The submitted password, and where it came from. */
export interface PasswordTry {
  readonly officeCode: string;
  readonly username: string;
  readonly password: string;
  /** Tokens of the browser's cookie, each of another user. */
  readonly browser: readonly string[];
  /** Tokens that may make this browser trusted, for the journey of a sign-in. */
  readonly trust?: readonly string[];
  readonly visitor: Visitor;
}

export type PasswordResult =
  { readonly type: "wrong" } | { readonly type: "too-many"; readonly until: Date } | RightPassword;

interface RightPassword {
  readonly type: "right";
  readonly officeId: string;
  readonly userId: string;
  /** Seconds since 1970, before the stored hash was read: the password may be replaced while this one waits to be compared. */
  readonly at: number;
  /** Belongs in the transaction that records the proof. */
  readonly record: (tx: Queryable) => Promise<void>;
  /** The look of the office, where the browser is not familiar to the account; null where it is. */
  readonly newBrowser: OfficeLook | null;
  /** Where `record` does nothing but settle the try; null where more belongs to the proof. */
  readonly settled: SettledTry | null;
  /** Call when nothing was recorded: another request was first, or the database failed. Never throws. */
  readonly release: () => Promise<void>;
}

/** A right password that only has to be recorded. */
export interface SettledTry {
  /** What the journey reads of the user, as it was when the try was counted. */
  readonly state: UserState;
  /** Those that get the try back; the first is that of the account or the browser, and is emptied. */
  readonly counters: readonly Counter[];
  /** The right answer of a passkey in place of the password, for `use_passkey` of the database. */
  readonly answer?: string;
}

interface Deps {
  readonly comparison: PasswordComparison;
  readonly users: UserStore;
  readonly guard: PasswordGuard;
  readonly hasher: PasswordHasher;
  readonly audit: AuditStore;
  readonly hash: KeyedHash;
  readonly owed: OwedWork;
}

/** Decides whether a password is correct. Unknown office, unknown user, disabled user and incorrect password look the same, in words and in time. */
export class PasswordCheck {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Throws PageError "busy" when too many passwords wait to be hashed, or to be checked for one network address. */
  async check(attempt: PasswordTry): Promise<PasswordResult> {
    const names = {
      officeCode: foldOfficeCode(attempt.officeCode),
      username: foldUsername(attempt.username),
    };
    const { guard, comparison } = this.#deps;
    const from = { ...names, addressGroup: attempt.visitor.addressGroup };
    const found = await comparison.begin(names, attempt, (browsers) => guard.possibleLimits(from, browsers));
    const { candidate, reserved, at } = found;
    const guarded = { ...from, familiar: candidate.familiar };
    const reservation = await guard.judge(guarded, reserved, at);
    if (reservation.type === "refused") {
      return { type: "too-many", until: reservation.until };
    }
    if (reservation.type === "busy") {
      throw new PageError("busy", { retryAfter: 2 });
    }
    const right = await this.#orGiveBack(reservation, async () => {
      const proved = await comparison.prove(found, names, attempt);
      // What was compared a second time was read again, without the state.
      const state = proved === found ? found.state : null;
      return proved === null ? null : this.#right({ ...proved, state }, attempt, reservation);
    });
    if (right !== null) {
      return right;
    }
    const alarms = await guard.fail(reservation.counters, attempt.password);
    await this.#recordAlarms(alarms, candidate, attempt.visitor);
    await this.#recordWrong(candidate, names.username, attempt.visitor);
    const until = reservation.isOfficeFull ? await guard.untilOfFullOffice(guarded) : null;
    return until === null ? { type: "wrong" } : { type: "too-many", until };
  }

  /** A fault before the result, or after a correct password, does not count as a wrong try. */
  async #orGiveBack<T>({ counters }: Reserved, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.#deps.guard.giveBack(counters);
      throw error;
    }
  }

  async #right(
    { candidate, at, state }: Found & Pick<Tried, "state">,
    attempt: PasswordTry,
    { counters }: Reserved,
  ): Promise<RightPassword | null> {
    const { password, visitor } = attempt;
    const { office, user } = candidate;
    if (office === null || user === null) {
      return null;
    }
    const { guard, hasher, users } = this.#deps;
    const before = user.passwordHash;
    const after = hasher.isOutdated(before) ? await hasher.hash(password) : null;
    const isCommon = await isCommonPassword(password);
    const who = { officeId: office.id, actor: "vestibule", subject: user.id, visitor };
    const record = async (tx: Queryable) => {
      const rehash = after === null ? null : users.rehash(tx, user.id, { before, after });
      const expire = isCommon ? this.#expireCommon(tx, who) : null;
      await Promise.all([guard.succeed(tx, counters), rehash, expire]);
    };
    const release = () => guard.giveBack(counters);
    const newBrowser = candidate.familiar === null ? office : null;
    const proof = { officeId: office.id, userId: user.id, at: epochSeconds(at), newBrowser };
    const settled = state === null || after !== null || isCommon ? null : { state, counters };
    return { type: "right", ...proof, record, settled, release };
  }

  /** Correct, but one of the first that an attacker would guess: the sign-in ends with choosing another. It ends nothing else. */
  async #expireCommon(tx: Queryable, who: CommonOwner): Promise<void> {
    const { users, audit } = this.#deps;
    if (await users.expireCommon(tx, who.subject)) {
      await audit.add(tx, { type: "password.expired", outcome: "ok", ...who, details: { common: true } });
    }
  }

  async #recordAlarms(alarms: readonly GuardAlarm[], candidate: Candidate, visitor: Visitor): Promise<void> {
    for (const alarm of alarms) {
      // A counter raises an alarm once in its window, so an alarm that cannot be written now is written later.
      await this.#deps.owed.require("an alarm about passwords", () =>
        this.#deps.audit.addAlone({
          type: "password.throttled",
          outcome: "alarm",
          officeId: candidate.office?.id ?? null,
          actor: "visitor",
          subject: candidate.user?.id,
          visitor,
          details: { alarm },
        }),
      );
    }
  }

  /** A username that does not exist may be a password in the wrong field, so it is logged as a hash. */
  async #recordWrong(candidate: Candidate, username: string, visitor: Visitor): Promise<void> {
    const unknown = {
      unknownName: this.#deps.hash(`unknown name ${username}`).toString("hex").slice(0, 16),
    };
    await this.#deps.audit.addAlone({
      type: "password.wrong",
      outcome: "refused",
      officeId: candidate.office?.id ?? null,
      actor: "visitor",
      subject: candidate.user?.id,
      visitor,
      details: candidate.user === null ? unknown : {},
    });
  }
}

type CommonOwner = Pick<AuditEvent, "officeId" | "actor" | "visitor"> & { readonly subject: string };
type Reserved = Extract<Reservation, { type: "reserved" }>;
