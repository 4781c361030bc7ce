import type { Visitor } from "../../kernel/visitor.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { User } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";
import type { EnrolmentStore } from "./enrolment.ts";
import type { FactorStore } from "./factor-store.ts";
import { moved, type NumberMove, type NumberProof } from "./number-moves.ts";
import type { NumberChangeRecorder } from "./number-change-recorder.ts";
import { moveStateOf, type MobileNumber, type NumberStore } from "./number-store.ts";
import type { RecoveryCodeStore } from "./recovery-code-store.ts";
import type {
  ApproveResult,
  NumberChange,
  Refused,
  RemoveResult,
  RequestResult,
  SetResult,
} from "./number-results.ts";
import type { UserContact } from "./code-try.ts";
import type { SentCodeStore } from "./sent-code-store.ts";
import type { UserRef } from "../users/user-ref.ts";

interface Deps {
  readonly database: Database;
  readonly numbers: NumberStore;
  readonly codes: SentCodeStore;
  readonly factors: FactorStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly enrolments: EnrolmentStore;
  readonly users: UserStore;
  readonly record: NumberChangeRecorder;
}

/**
 * Changes of a user's mobile number other than confirming it by a code: an administrator enters, removes or approves
 * one, or a user requests a change. The table in `number-moves.ts` decides while the row is locked.
 */
export class NumberService {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The stored number of a user; null when there is none. */
  find(user: UserRef): Promise<MobileNumber | null> {
    return this.#deps.database.inOffice(user.officeId, (tx) => this.#deps.numbers.find(tx, user));
  }

  /**
   * Enters a number (E.164), unconfirmed. In place of a confirmed one it ends all sessions, and where no other
   * factor is left the user has to confirm exactly this number.
   */
  async set(user: User, number: string, by: NumberChange): Promise<SetResult> {
    return this.#change(user, { move: "enter", proof: "administrator", by }, async (tx, before) => {
      if (before?.state === "confirmed" && before.number === number) {
        return { type: "unchanged" };
      }
      const { numbers } = this.#deps;
      await numbers.put(tx, user, { number, state: "unconfirmed", enteredBy: "administrator", at: now() });
      const old = await this.#removeFactor(tx, user, before);
      const codesEnded = old !== null && old.isLast ? (await this.#openWindow(tx, user)).codesEnded : 0;
      const notice = old === null ? null : ("numberReplaced" as const);
      await this.#deps.record.add(tx, user, {
        type: "number.entered",
        by,
        notice,
        number,
        old: old?.number ?? null,
        codesEnded,
      });
      return { type: "set", codesEnded };
    });
  }

  /** The number (E.164) of a user who is being added, in that transaction: there is nothing that it could replace. */
  async setFirst(tx: Queryable, user: UserContact, number: string, by: NumberChange): Promise<void> {
    const { numbers, record } = this.#deps;
    await numbers.put(tx, user, { number, state: "unconfirmed", enteredBy: "administrator", at: now() });
    await record.addFor(tx, user, { type: "number.entered", by, notice: null, number, old: null });
  }

  /** Deletes a number. Ends all sessions if it was confirmed. */
  async remove(user: User, by: NumberChange): Promise<RemoveResult> {
    return this.#change(user, { move: "remove", proof: "administrator", by }, async (tx, before) => {
      await this.#deps.numbers.remove(tx, user);
      const old = await this.#removeFactor(tx, user, before);
      const isLocked = await this.#deps.enrolments.isOpenedByReset(tx, user);
      // An enrolment window that waits for exactly this number would have nothing left to confirm.
      const needsCode = old === null ? isLocked : old.isLast;
      const { enrolmentCode, codesEnded } = needsCode
        ? await this.#openWindow(tx, user)
        : { enrolmentCode: null, codesEnded: 0 };
      const number = before?.number ?? "";
      const notice = old === null ? null : ("numberRemoved" as const);
      await this.#deps.record.add(tx, user, {
        type: "number.removed",
        by,
        notice,
        number,
        old: old?.number ?? null,
        codesEnded,
      });
      return { type: "removed", enrolmentCode, codesEnded };
    });
  }

  /** Makes the pending number the confirmed one: the approval is its proof. Ends all sessions. */
  async approve(user: User, by: NumberChange): Promise<ApproveResult> {
    return this.#change(user, { move: "approve", proof: "administrator", by }, async (tx, before) => {
      const { numbers, codes, users } = this.#deps;
      const number = before?.pendingNumber ?? "";
      await numbers.put(tx, user, { number, state: "confirmed", enteredBy: "user", at: now() });
      await codes.forget(tx, user, "sms");
      await users.endSessions(tx, user.id, now());
      const old = before?.number ?? null;
      await this.#deps.record.add(tx, user, {
        type: "number.change-approved",
        by,
        notice: "numberApproved",
        number,
        old,
      });
      return { type: "approved", number };
    });
  }

  /** Drops a pending change: by an administrator, or by the user through "this was not me". */
  async cancelPending(
    user: User,
    by: NumberChange & { proof: Extract<NumberProof, "administrator" | "link"> },
  ): Promise<{ readonly type: "cancelled" } | Refused> {
    return this.#change(user, { move: "cancel", proof: by.proof, by }, async (tx, before) => {
      await this.#deps.numbers.cancel(tx, user);
      const type = "number.change-cancelled";
      const number = before?.pendingNumber ?? "";
      const old = before?.number ?? null;
      await this.#deps.record.add(tx, user, { type, by, notice: "numberCancelled", number, old });
      return { type: "cancelled" };
    });
  }

  /** A user with the password alone, proved at `provedAt` (seconds since 1970), requests another number. Nothing is sent to it before it is approved. */
  async requestPending(
    user: UserContact,
    number: string,
    { visitor, provedAt }: { readonly visitor: Visitor; readonly provedAt: number },
  ): Promise<RequestResult> {
    const { database, numbers, users } = this.#deps;
    return database.inOffice(user.officeId, async (tx) => {
      // Locks as well. A change of the password that came in between has already looked for requests, and found none.
      if (!(await users.hold(tx, user.id, { at: provedAt, session: null, hasSkippedCode: false }))) {
        return { type: "refused" };
      }
      const before = await numbers.find(tx, user);
      if (before?.number === number) {
        return { type: "same" };
      }
      if (moved(moveStateOf(before), "request", "password") === null) {
        return { type: "refused" };
      }
      const heldUntil = before?.requestsHeldUntil ?? null;
      if (heldUntil !== null && heldUntil > now()) {
        return { type: "held", until: heldUntil };
      }
      await numbers.request(tx, user, { number, at: now() });
      const by = { actor: user.id, reason: null, visitor };
      const event = { type: "number.change-requested", by, notice: "numberRequested", number } as const;
      const old = before?.number ?? null;
      const channels = await this.#deps.record.addFor(tx, user, { ...event, old });
      await numbers.keepNotified(tx, user, channels);
      return { type: "requested" };
    });
  }

  async #change<Result>(
    user: User,
    { move, proof, by }: { move: NumberMove; proof: NumberProof; by: NumberChange },
    work: (tx: Queryable, before: MobileNumber | null) => Promise<Result>,
  ): Promise<Result | Refused> {
    if (by.actor === user.id && proof === "administrator") {
      return { type: "own" };
    }
    const { database, numbers } = this.#deps;
    return database.inOffice(user.officeId, async (tx) => {
      const before = await numbers.findLocked(tx, user);
      return moved(moveStateOf(before), move, proof) === null ? { type: "refused" } : work(tx, before);
    });
  }

  /** Removes the factor with its confirmed number, and ends all sessions. Null when the number was not a factor. */
  async #removeFactor(
    tx: Queryable,
    user: User,
    before: MobileNumber | null,
  ): Promise<{ number: string; isLast: boolean } | null> {
    const { codes, factors, users } = this.#deps;
    await codes.forget(tx, user, "sms");
    if (before?.state !== "confirmed") {
      return null;
    }
    const { hasAnother } = await factors.remove(tx, user, "sms");
    await users.endSessions(tx, user.id, now());
    return { number: before.number, isLast: !hasAnother };
  }

  /** As after a reset: whatever replaced the lost factor is removed with it. The guard stays as it is. */
  async #openWindow(tx: Queryable, user: User): Promise<{ enrolmentCode: Secret; codesEnded: number }> {
    const { enrolments, recoveryCodes } = this.#deps;
    const codesEnded = await recoveryCodes.removeAll(tx, user);
    return { enrolmentCode: await enrolments.open(tx, user, now()), codesEnded };
  }
}
