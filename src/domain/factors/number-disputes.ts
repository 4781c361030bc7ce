import type { Visitor } from "../../kernel/visitor.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { minutesAfter, now } from "../../kernel/clock.ts";
import type { UserStore } from "../users/user-store.ts";
import { moved } from "./number-moves.ts";
import type { NumberChangeRecorder } from "./number-change-recorder.ts";
import { moveStateOf, type NumberStore } from "./number-store.ts";

/** Long enough to choose a new password; the office can enter a number in the meantime (docs/decisions/0021). */
const HOLD_HOURS = 24;

interface Deps {
  readonly numbers: NumberStore;
  readonly users: UserStore;
  readonly record: NumberChangeRecorder;
}

/** "This was not me" for a change of the mobile number. */
export class NumberDisputes {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Cancels the requested change, in the transaction that spends the link. The attacker who requested it knows the password
   * and would request it again, so further changes are blocked for a while.
   */
  async cancel(tx: Queryable, userId: string, visitor: Visitor): Promise<"cancelled" | "too-late"> {
    const { numbers, users, record } = this.#deps;
    const account = await users.findAccount(userId, tx);
    if (account === null) {
      return "too-late";
    }
    const { office, ...fields } = account;
    const user = { ...fields, officeId: office.id, language: fields.language ?? office.language };
    const before = await numbers.findLocked(tx, user);
    await numbers.holdRequests(tx, user, minutesAfter(now(), HOLD_HOURS * 60));
    if (before === null || moved(moveStateOf(before), "cancel", "link") === null) {
      return "too-late";
    }
    await numbers.cancel(tx, user);
    await record.addFor(tx, user, {
      type: "number.change-cancelled",
      by: { actor: userId, reason: null, visitor },
      notice: "numberCancelled",
      number: before.pendingNumber ?? "",
      old: before.number,
    });
    return "cancelled";
  }
}
