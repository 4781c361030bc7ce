import type { AuditStore } from "../../audit/audit-store.ts";
import type { MailboxStore } from "../../users/mailbox-store.ts";
import type { Visitor } from "../../../kernel/visitor.ts";
import { now } from "../../../kernel/clock.ts";
import type { KeyedHash } from "../../../kernel/secret.ts";
import type { Queryable } from "../../../platform/database/database.ts";
import type { Notices } from "../../../platform/messages/notices.ts";
import type { FactorTry, Judgement, UserContact } from "../code-try.ts";
import type { EnrolmentStore } from "../enrolment.ts";
import type { FactorStore } from "../factor-store.ts";
import { judgeSentCode, type FirstCode } from "../sent-code-judge.ts";
import type { SentCodeStore } from "../sent-code-store.ts";
import type { StoredCode } from "../stored-code.ts";
import { maskAddress } from "./email-address.ts";

interface Deps {
  readonly codes: SentCodeStore;
  readonly mailbox: MailboxStore;
  readonly users: { lock(tx: Queryable, userId: string): Promise<void> };
  readonly factors: FactorStore;
  readonly enrolments: EnrolmentStore;
  readonly notices: Notices;
  readonly audit: AuditStore;
  readonly hash: KeyedHash;
}

/** Checks codes that came by email for `second-factor-check.ts`, which has already reserved the try. */
export class EmailCodeCheck {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  judge(
    user: UserContact,
    { type, code, binding, ...more }: FactorTry<"email">,
    { stored, visitor }: { stored: NonNullable<StoredCode["message"]> | null; visitor: Visitor },
  ): Judgement {
    const replaces = "replaces" in more && more.replaces;
    return judgeSentCode(this.#deps.hash, user, {
      attempt: { kind: "email", code, binding, isNew: type === "new-email" },
      stored,
      enrol: (tx, first) => this.#enrol(tx, first, { user, replaces, visitor }),
    });
  }

  /** The code proves the mailbox, so it proves the address too, while that is still the account's. */
  async #enrol(
    tx: Queryable,
    { slot, typed }: FirstCode,
    { user, replaces, visitor }: { user: UserContact; replaces: boolean; visitor: Visitor },
  ): Promise<boolean> {
    const { codes, users, mailbox, factors, enrolments, audit, notices } = this.#deps;
    const at = now();
    const { id, officeId } = user;
    await users.lock(tx, id);
    const isThere = (await factors.kinds(tx, user)).includes("email");
    const mail = await codes.spend(tx, slot, { hash: typed, at });
    if (mail === null || (isThere && !replaces) || !(await mailbox.prove(tx, id, { mail, at }))) {
      return false;
    }
    await factors.confirm(tx, user, { kind: "email", at });
    await enrolments.close(tx, user);
    const details = { kind: "email", to: maskAddress(mail) };
    const who = { outcome: "ok", officeId, actor: id, subject: id, visitor } as const;
    await audit.add(tx, { type: "factor.enrolled", ...who, details });
    await notices.send(tx, user, "emailCodeAdded", {});
    return true;
  }
}
