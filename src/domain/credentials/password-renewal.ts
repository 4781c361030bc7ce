import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { OneTimeLinkStore } from "./one-time-link-store.ts";
import type { PasswordHasher } from "./password.ts";
import { passwordFault, type PasswordFault } from "./password-rules.ts";
import type { Account } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";

interface Deps {
  readonly users: UserStore;
  readonly links: OneTimeLinkStore;
  readonly hasher: PasswordHasher;
  readonly audit: AuditStore;
  readonly notices: Notices;
  readonly productName: string;
}

export type Renewal =
  | { readonly type: "fault"; readonly fault: PasswordFault | "same" }
  /** `record` returns false when the password was renewed in the meantime. */
  | { readonly type: "fine"; readonly record: (tx: Queryable, visitor: Visitor) => Promise<boolean> };

/** Replaces an expired password at the end of a sign-in. */
export class PasswordRenewal {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** `since`: when this sign-in began, in seconds since 1970; older sessions end with the old password. */
  async prepare(account: Account, typed: string, since: number): Promise<Renewal> {
    const { users, hasher, productName } = this.#deps;
    const { office, username, name } = account;
    const fault = await passwordFault(typed, [productName, office.code, office.name, username, name]);
    if (fault !== null) {
      return { type: "fault", fault };
    }
    const before = await users.findPasswordHash(office.id, account.id);
    if (before !== null && (await hasher.verify(before, typed))) {
      return { type: "fault", fault: "same" };
    }
    const passwordHash = await hasher.hash(typed);
    return {
      type: "fine",
      record: (tx, visitor) => this.#store(tx, account, { passwordHash, since, visitor }),
    };
  }

  async #store(
    tx: Queryable,
    account: Account,
    { passwordHash, since, visitor }: { passwordHash: string; since: number; visitor: Visitor },
  ): Promise<boolean> {
    const { users, links, audit, notices } = this.#deps;
    const { id, office, name, mail } = account;
    const at = now();
    const began = new Date(Math.min(since, epochSeconds(at)) * 1000);
    if (!(await users.renewPassword(tx, id, { passwordHash, at, since: began }))) {
      return false;
    }
    await links.voidAll(tx, id);
    const who = { officeId: office.id, actor: id, subject: id };
    await audit.add(tx, { type: "password.changed", outcome: "ok", ...who, visitor });
    const to = { officeId: office.id, name, mail, language: account.language ?? office.language };
    await notices.send(tx, to, "passwordChanged", {});
    return true;
  }
}
