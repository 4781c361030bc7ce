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

/**
 * Codes by email and a changed address. An address that others have typed ends the method, as a number does that an administrator enters:
 * the new mailbox has proved nothing. An own change carries it over, as a new number does that its owner has confirmed: the link to the new
 * mailbox has proved it, in a session that had a code of the old one.
 */
export class EndedEmailCodes {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** After another person has replaced the address. Where it was the only method, an administrator has to open the set-up. */
  async end(tx: Queryable, user: UserRef, { actor, visitor }: By): Promise<void> {
    const { users, factors, enrolments, audit } = this.#deps;
    await users.lock(tx, user.id);
    await this.forget(tx, user);
    const { wasThere, hasAnother } = await factors.remove(tx, user, "email");
    if (!wasThere) {
      return;
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
  }

  /** Codes that went to the previous mailbox. */
  async forget(tx: Queryable, user: UserRef): Promise<void> {
    await this.#deps.sentCodes.forget(tx, user, "email");
  }
}
