import type { AuditStore } from "../../audit/audit-store.ts";
import type { UserRef } from "../../users/user-ref.ts";
import type { UserStore } from "../../users/user-store.ts";
import { now } from "../../../kernel/clock.ts";
import type { Visitor } from "../../../kernel/visitor.ts";
import type { Queryable } from "../../../platform/database/database.ts";
import type { EnrolmentStore } from "../enrolment.ts";
import type { FactorStore } from "../factor-store.ts";
import type { SentCodeStore } from "../sent-code-store.ts";

interface Deps {
  readonly users: UserStore;
  readonly factors: FactorStore;
  readonly sentCodes: SentCodeStore;
  readonly enrolments: EnrolmentStore;
  readonly audit: AuditStore;
}

/** Who replaced the address. */
interface By {
  readonly actor: string;
  readonly visitor?: Visitor | undefined;
}

/** What an end leaves behind. */
export interface EndedCodes {
  /** Whether the user had the method. */
  readonly wereThere: boolean;
  /** What tells the enrolment window from a later one; null where another method stays, and none was opened. */
  readonly window: string | null;
}

/**
 * Codes by email and a changed address. An address that others have typed ends the method, as a number does that an administrator enters:
 * the new mailbox has proved nothing. An own change carries it over, as a new number does that its owner has confirmed: the link to the new
 * mailbox has proved it, in a session that had a code of the old one. "This was not me" leaves it as it was before the change
 * (docs/decisions/0115).
 */
export class EndedEmailCodes {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** After another person has replaced the address. Where it was the only method, an administrator has to open the set-up. */
  async end(tx: Queryable, user: UserRef, { actor, visitor }: By): Promise<EndedCodes> {
    const { users, factors, enrolments, audit } = this.#deps;
    await users.lock(tx, user.id);
    await this.forget(tx, user);
    const { wasThere, hasAnother } = await factors.remove(tx, user, "email");
    if (!wasThere) {
      return { wereThere: false, window: null };
    }
    await users.endSessions(tx, user.id, now());
    if (!hasAnother) {
      // The window has a code that no one has seen: the password alone must not set up another method.
      await enrolments.open(tx, user, now());
    }
    const { id, officeId } = user;
    const details = { kind: "email" };
    const who = { officeId, actor, subject: id, visitor };
    await audit.add(tx, { type: "factor.removed", outcome: "ok", ...who, details });
    return { wereThere: true, window: hasAnother ? null : await enrolments.currentCode(tx, user) };
  }

  /**
   * After "this was not me" has brought the address back. Without the method, the mailbox would get a link to a new password, though its reader
   * may have been the reason for the change. Not after a later reset, whose administrator has decided, nor beside another method.
   */
  async giveBack(
    tx: Queryable,
    user: UserRef,
    { window, visitor }: { readonly window: unknown; readonly visitor: Visitor },
  ): Promise<void> {
    const { factors, enrolments, audit } = this.#deps;
    await this.forget(tx, user);
    if (typeof window !== "string" || window !== (await enrolments.currentCode(tx, user))) {
      return;
    }
    await factors.confirm(tx, user, { kind: "email", at: now() });
    await enrolments.close(tx, user);
    const { id, officeId } = user;
    const who = { outcome: "ok", officeId, actor: id, subject: id, visitor } as const;
    await audit.add(tx, { type: "factor.enrolled", ...who, details: { kind: "email", isBack: true } });
  }

  /** Codes that went to the previous mailbox. */
  async forget(tx: Queryable, user: UserRef): Promise<void> {
    await this.#deps.sentCodes.forget(tx, user, "email");
  }
}
