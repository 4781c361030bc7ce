import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { OwedWork } from "../../platform/database/owed-work.ts";
import { now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { CodeJudge } from "./code-judge.ts";
import {
  WRONG_CODES,
  type AcceptedCode,
  type CodeEffect,
  type UserContact,
  type CodeResult,
  type CodeTry,
  type Judgement,
  type WrongCode,
} from "./code-try.ts";
import { newTry, type GuardState, type GuardStore, type Reservation, type Try } from "./guard-store.ts";
import { bindingOf } from "./sent-code.ts";
import type { PasskeyFault } from "./passkeys/webauthn.ts";
import type { UserRef } from "../users/user-ref.ts";

interface Deps {
  readonly guard: GuardStore;
  readonly users: { lock(tx: Queryable, userId: string): Promise<void> };
  readonly judge: CodeJudge;
  readonly audit: AuditStore;
  readonly notices: Notices;
  readonly owed: OwedWork;
  readonly hash: KeyedHash;
  readonly maxFailedAttempts: number;
}

/** A code with its reserved try. */
interface Reserved {
  readonly attempt: CodeTry;
  readonly tried: Try;
  readonly state: GuardState;
  readonly visitor: Visitor;
}

/** A code whose try a page reserves together with what else it reads. */
export interface PreparedTry {
  readonly attempt: CodeTry;
  readonly tried: Try;
}

/**
 * The only way to try a code, for every kind and page: reserve a try, check, record. The reservation is committed before
 * the code is checked, so forty parallel codes are three guesses. It is given back when the code was correct and had no
 * effect, when it is exactly the code that was used last, and when an error came before the check
 * (docs/decisions/0040). An incorrect code costs its try, whatever fails afterwards.
 */
export class SecondFactorCheck {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async check(user: UserContact, attempt: CodeTry, visitor: Visitor): Promise<CodeResult> {
    const { guard } = this.#deps;
    const prepared = this.prepare(attempt);
    const { tried } = prepared;
    const reservation = await this.#orGiveBack(user, tried, () => guard.reserve(user, tried, now()));
    return this.conclude(user, prepared, { reservation, visitor });
  }

  /** The same user may send the same form twice: then it is one try. */
  prepare(attempt: CodeTry): PreparedTry {
    const { hash } = this.#deps;
    const { type, binding, code } = attempt;
    const form = hash(`code form ${JSON.stringify([type, binding, code])}`);
    return { attempt, tried: newTry(form, { kind: type, slot: bindingOf(hash, binding) }) };
  }

  /** Checks a code whose try was asked for. */
  async conclude(
    user: UserContact,
    { attempt, tried }: PreparedTry,
    { reservation, visitor }: { reservation: Reservation; visitor: Visitor },
  ): Promise<CodeResult> {
    switch (reservation.type) {
      case "refused":
        return { type: "refused" };
      case "in-hand":
        return this.#resultOfDuplicate(user, tried);
      case "reserved": {
        const { state, stored } = reservation;
        const look = () => this.#deps.judge.judge(user, attempt, { stored, visitor });
        const judgement = await this.#orGiveBack(user, tried, look);
        return this.#resultOf(user, judgement, { attempt, tried, state, visitor });
      }
    }
  }

  /** Runs a statement that reserves a try. When it fails, the try may be there all the same: `giveBack` looks for it. */
  async reserving<T>(work: () => Promise<T>, giveBack: () => Promise<void>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.#deps.owed.runOrDefer("a try of a code that was not checked", giveBack);
      throw error;
    }
  }

  /** A try as `reserve_code` of the database reads it. */
  tryJson({ tried }: PreparedTry, at: Date): string {
    return this.#deps.guard.tryJson(tried, at);
  }

  /** The form of a reserved try turned out not to be due: nothing was checked. */
  giveBack(user: UserRef, { tried }: PreparedTry): Promise<void> {
    return this.#deps.guard.giveBack(user, tried);
  }

  /** Waits until every try of a user has been checked, some seconds at most. */
  settled(user: UserContact): Promise<void> {
    return this.#deps.guard.whenChecked(user, null);
  }

  /** An error before the result: nothing was revealed about the code, or it was correct. */
  async #orGiveBack<T>(user: UserContact, tried: Try, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.#deps.guard.giveBack(user, tried);
      throw error;
    }
  }

  async #resultOf(user: UserContact, judgement: Judgement, reserved: Reserved): Promise<CodeResult> {
    const { guard } = this.#deps;
    const release = () => guard.giveBack(user, reserved.tried);
    switch (judgement.type) {
      case "right":
        return this.#accepted(user, judgement.effect, { reserved, release });
      case "used": {
        await release();
        const before = beforeTry(reserved.state);
        const record = () => this.#recordUsed(user, { ...reserved, state: before });
        return { type: "used", triesLeft: this.#left(before), confirmedAt: judgement.confirmedAt, record };
      }
      case "wrong":
      case "past":
      case "expired":
      case "late":
      case "superseded":
      case "model": {
        const type = wrongCode(judgement.type, reserved.state);
        const fault = "fault" in judgement ? (judgement.fault ?? null) : null;
        await this.#deps.owed.require("a wrong code", () =>
          this.#recordWrong(user, { type, fault }, reserved),
        );
        return { type, triesLeft: this.#left(reserved.state) };
      }
    }
  }

  #accepted(
    user: UserContact,
    effect: CodeEffect,
    { reserved, release }: { reserved: Reserved; release: () => Promise<void> },
  ): AcceptedCode {
    return effect.type === "proves"
      ? { type: "accepted", effect, release }
      : { type: "accepted", effect, liftBlock: (tx) => this.#liftBlock(tx, user, reserved), release };
  }

  /**
   * After the first code of a new factor, which is known to anyone who sees the page: with it, a thief who has the password could
   * clear the count again and again, and guess on. Sent at once, for what the caller reads next over the same connection. A code that
   * enrols locks the user before the counter, as a reset does: neither waits for the other in a circle, and the one that comes second
   * sees what the first has done.
   */
  async #liftBlock(tx: Queryable, user: UserContact, { attempt, tried }: Reserved): Promise<void> {
    const { guard, users } = this.#deps;
    const locked = attempt.type === "enrolment" ? undefined : users.lock(tx, user.id);
    await Promise.all([locked, guard.takeBack(tx, user, tried)]);
  }

  /** The second submission of a form is not checked: it gets the result of the first. */
  async #resultOfDuplicate(user: UserContact, { form }: Try): Promise<CodeResult> {
    const { guard } = this.#deps;
    await guard.whenChecked(user, form);
    const wrong = await guard.wrongAs(user, form);
    const type = WRONG_CODES.find((known) => known === wrong?.lastWrong);
    return wrong === null || type === undefined
      ? { type: "meanwhile" }
      : { type, triesLeft: this.#left(wrong) };
  }

  #left({ failedAttempts, blockedUntil }: GuardState): number {
    return blockedUntil === null ? this.#deps.maxFailedAttempts - failedAttempts : 0;
  }

  async #recordWrong(
    user: UserContact,
    { type: as, fault }: { type: WrongCode; fault: PasskeyFault | null },
    reserved: Reserved,
  ): Promise<void> {
    const { audit, notices, guard } = this.#deps;
    const { state, tried, visitor } = reserved;
    const { failedSinceSuccess, blockedUntil } = state;
    const who = { officeId: user.officeId, actor: user.id, subject: user.id, visitor } as const;
    await audit.inOffice(user.officeId, async (tx) => {
      await guard.fail(tx, user, tried, as);
      const details = { ...detailsOf(reserved), ...(fault === null ? {} : { fault }) };
      await audit.add(tx, { ...who, type: "code.wrong", outcome: "refused", details });
      if (fault === "counter") {
        await audit.add(tx, { ...who, type: "passkey.cloned", outcome: "alarm" });
      }
      if (blockedUntil !== null) {
        await audit.add(tx, {
          ...who,
          type: "code.blocked",
          outcome: "alarm",
          details: { failedSinceSuccess },
        });
        await notices.send(tx, user, "blocked", {});
      }
    });
  }

  #recordUsed(user: UserContact, reserved: Reserved): Promise<void> {
    return this.#deps.audit.addAlone({
      ...{ officeId: user.officeId, actor: user.id, subject: user.id, visitor: reserved.visitor },
      ...{ type: "code.wrong", outcome: "refused" },
      details: { ...detailsOf(reserved), used: true },
    });
  }
}

const wrongCode = (type: Exclude<WrongCode, "expired-again">, { lastWrong }: Reserved["state"]): WrongCode =>
  type === "expired" && lastWrong?.startsWith("expired") === true ? "expired-again" : type;

/** As if the reserved try had not been. */
const beforeTry = ({ failedAttempts, failedSinceSuccess }: GuardState): GuardState => ({
  ...{ failedAttempts: failedAttempts - 1, failedSinceSuccess: failedSinceSuccess - 1 },
  ...{ blockedUntil: null, lastWrong: null },
});

const detailsOf = ({ attempt, state: { failedAttempts, failedSinceSuccess } }: Reserved) => ({
  ...{ kind: attempt.type, failedAttempts, failedSinceSuccess },
});
