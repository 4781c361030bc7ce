import type { Visitor } from "../../kernel/visitor.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { UserRef } from "../users/user-ref.ts";
import type { UserStore } from "../users/user-store.ts";
import type { NumberChangeRecorder } from "./number-change-recorder.ts";
import type { NumberStore } from "./number-store.ts";

interface Deps {
  readonly numbers: NumberStore;
  readonly users: UserStore;
  readonly record: NumberChangeRecorder;
}

/**
 * A request for another mobile number that was made with what has just ended: a password that was changed, or sessions that
 * were. It waits for the office, which cannot see that a thief made it.
 */
export class EndedNumberRequests {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** In the transaction of the change, after it: the change has locked the user's row. */
  async cancel(
    tx: Queryable,
    user: UserRef,
    { actor, visitor }: { readonly actor: string; readonly visitor?: Visitor | undefined },
  ): Promise<void> {
    const { numbers, users, record } = this.#deps;
    const cancelled = await numbers.cancelPending(tx, user);
    if (cancelled === null) {
      return;
    }
    const account = await users.findAccount(user.id, tx);
    if (account === null) {
      throw new Error("A user without an account has a number.");
    }
    const { id, office, name, mail, language } = account;
    const contact = { id, officeId: office.id, name, mail, language: language ?? office.language };
    await record.addFor(tx, contact, {
      ...{ type: "number.change-cancelled", notice: "numberCancelled" },
      by: { actor, reason: null, ...(visitor === undefined ? {} : { visitor }) },
      number: cancelled.pendingNumber,
      old: cancelled.number,
    });
  }
}
