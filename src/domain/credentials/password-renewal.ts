import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { EndedNumberRequests } from "../factors/ended-number-requests.ts";
import type { NewPasswordCheck, NewPasswordFault } from "./new-password-check.ts";
import type { OneTimeLinkStore } from "./one-time-link-store.ts";
import type { PasswordHasher } from "./password.ts";
import type { Account } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";

interface Deps {
  readonly users: UserStore;
  readonly links: OneTimeLinkStore;
  readonly hasher: PasswordHasher;
  readonly newPasswords: NewPasswordCheck;
  readonly numberRequests: EndedNumberRequests;
  readonly audit: AuditStore;
  readonly notices: Notices;
}

export type Renewal =
  | { readonly type: "fault"; readonly fault: NewPasswordFault | "same" }
  | {
      readonly type: "fine";
      /** When it counts from, in seconds since 1970: what was proved before has ended, except in this sign-in. */
      readonly at: number;
      /** Returns false when the password was renewed in the meantime. */
      readonly record: (tx: Queryable, visitor: Visitor) => Promise<boolean>;
    };

/** Replaces an expired password at the end of a sign-in. */
export class PasswordRenewal {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Every older session ends with the old password, and every other sign-in that has proved it. */
  async prepare(account: Account, typed: string): Promise<Renewal> {
    const { users, hasher, newPasswords } = this.#deps;
    const fault = await newPasswords.fault(typed, account);
    if (fault !== null) {
      return { type: "fault", fault };
    }
    const before = await users.findPasswordHash(account.office.id, account.id);
    if (before !== null && (await hasher.verify(before, typed))) {
      return { type: "fault", fault: "same" };
    }
    const passwordHash = await hasher.hash(typed);
    // Proofs are known to the second: those of this second end, so the new password counts from the next one.
    const at = epochSeconds(now()) + 1;
    return {
      type: "fine",
      at,
      record: (tx, visitor) => this.#store(tx, account, { passwordHash, since: at, visitor }),
    };
  }

  async #store(
    tx: Queryable,
    account: Account,
    { passwordHash, since, visitor }: { passwordHash: string; since: number; visitor: Visitor },
  ): Promise<boolean> {
    const { users, links, numberRequests, audit, notices } = this.#deps;
    const { id, office, name, mail } = account;
    const from = new Date(since * 1000);
    if (!(await users.renewPassword(tx, id, { passwordHash, at: now(), since: from }))) {
      return false;
    }
    await links.voidAll(tx, id);
    const who = { officeId: office.id, actor: id, subject: id };
    await audit.add(tx, { type: "password.changed", outcome: "ok", ...who, visitor });
    const to = { id, officeId: office.id, name, mail, language: account.language ?? office.language };
    await notices.send(tx, to, "passwordChanged", {});
    await numberRequests.cancel(tx, { id, officeId: office.id }, { actor: id, visitor });
    return true;
  }
}
