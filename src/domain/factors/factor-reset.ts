import type { AuditStore } from "../audit/audit-store.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { OfficeStore } from "../offices/office-store.ts";
import type { SuperuserNotices } from "../users/superuser-notices.ts";
import type { User } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";
import type { EnrolmentStore } from "./enrolment.ts";
import type { FactorStore } from "./factor-store.ts";
import type { GuardStore } from "./guard-store.ts";
import { maskNumber } from "./mobile-number.ts";
import type { NumberNotices } from "./number-notices.ts";
import type { PasskeyStore } from "./passkeys/passkey-store.ts";
import type { NumberStore } from "./number-store.ts";
import type { RecoveryCodeStore } from "./recovery-code-store.ts";
import type { SentCodeStore } from "./sent-code-store.ts";

interface Deps {
  readonly passkeys: PasskeyStore;
  readonly database: Database;
  readonly factors: FactorStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly guard: GuardStore;
  readonly enrolments: EnrolmentStore;
  readonly users: UserStore;
  readonly offices: OfficeStore;
  readonly audit: AuditStore;
  readonly notices: Notices;
  readonly numbers: NumberStore;
  readonly sentCodes: SentCodeStore;
  readonly numberNotices: NumberNotices;
  readonly superusers: SuperuserNotices;
}

/** The reason and the actor, for the audit log. */
interface ResetReason {
  readonly reason: string;
  readonly actor: string;
  /** The member of support who asked, where two people are needed. */
  readonly requestedBy?: string;
}

/** Resets a user's second factor, for `FactorAdministration` and `Approvals`, which check permission. */
export class FactorReset {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Removes the factors, the mobile number and the recovery codes, ends all sessions, and opens the enrolment window.
   * Returns the one-time code, which has to reach the user by a channel other than mail; it is shown once.
   */
  reset(user: User, why: ResetReason): Promise<Secret> {
    return this.#deps.database.inOffice(user.officeId, (tx) => this.resetIn(tx, user, why));
  }

  /** What tells the user's current code from the next; `none` where there is none. */
  seen(user: User): Promise<string> {
    return this.#deps.database.inOffice(user.officeId, (tx) => this.#deps.enrolments.currentCode(tx, user));
  }

  /** The same as `reset`, unless the code is another one than the actor has `seen`. Returns which it is then. */
  resetOnce(user: User, why: ResetReason, seen: string): Promise<Secret | string> {
    const { database, users, enrolments } = this.#deps;
    return database.inOffice(user.officeId, async (tx) => {
      await users.lock(tx, user.id);
      const current = await enrolments.currentCode(tx, user);
      return current === seen ? this.resetIn(tx, user, why) : current;
    });
  }

  /** The same in a transaction of the user's office. */
  async resetIn(tx: Queryable, user: User, { reason, actor, requestedBy }: ResetReason): Promise<Secret> {
    const { offices, factors, recoveryCodes, guard, enrolments, users, audit, notices } = this.#deps;
    const { id, officeId } = user;
    const at = now();
    // First the lock that sending a code to a new number and setting up a factor take first as well. Then the counter, which
    // a right code takes before its factor.
    await users.lock(tx, id);
    await guard.succeed(tx, user);
    const old = await this.#removeNumber(tx, user);
    const kinds = await factors.removeAll(tx, user);
    await this.#deps.passkeys.removeAll(tx, user);
    const codesEnded = await recoveryCodes.removeAll(tx, user);
    await users.endSessions(tx, id, at);
    const code = await enrolments.open(tx, user, at);
    const number = old === null ? {} : { number: maskNumber(old) };
    const asked = requestedBy === undefined ? {} : { requestedBy };
    const who = { outcome: "ok", officeId, actor, subject: id } as const;
    await audit.add(tx, { type: "factor.reset", ...who, details: { reason, ...asked, ...number } });
    const language = user.language ?? (await offices.find(officeId, tx))?.language ?? DEFAULT_LANGUAGE;
    // A user who had nothing yet has lost nothing: the time to set it up begins anew.
    const notice = kinds.length + codesEnded === 0 ? "setUpOpened" : "factorReset";
    const codes = codesEnded === 0 ? "none" : "ended";
    await notices.send(tx, { ...user, language }, notice, { codes });
    if (user.role === "superuser") {
      await this.#deps.superusers.changed(tx, user, "reset");
    }
    if (old !== null) {
      const removed = { notice: "numberRemoved", number: old, old } as const;
      await this.#deps.numberNotices.send(tx, { ...user, language }, removed);
    }
    return code;
  }

  /** Returns the number if it was confirmed. */
  async #removeNumber(tx: Queryable, user: User): Promise<string | null> {
    const { numbers, sentCodes } = this.#deps;
    const before = await numbers.find(tx, user);
    await numbers.remove(tx, user);
    await sentCodes.forgetAll(tx, user);
    return before?.state === "confirmed" ? before.number : null;
  }
}
