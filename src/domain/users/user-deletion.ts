import { denialAlone, type Denial } from "../access/access.ts";
import { aboutUser, type Actor } from "../access/actor.ts";
import type { UserRankStore } from "../access/user-rank-store.ts";
import type { ErasedPeople } from "../audit/erased-people.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { MessageWithdrawal } from "../../platform/messages/message-withdrawal.ts";
import type { SuperuserNotices } from "./superuser-notices.ts";
import type { User } from "./user.ts";
import type { UserDeletionStore } from "./user-deletion-store.ts";
import type { UserStore } from "./user-store.ts";

/**
 * Why a user was deleted. A choice, and no text: a text would name the user in the audit log, which is to forget them.
 */
export const DELETION_REASONS = ["left", "asked", "mistake", "other"] as const;
export type DeletionReason = (typeof DELETION_REASONS)[number];

export const isDeletionReason = (text: string): text is DeletionReason =>
  DELETION_REASONS.some((reason) => reason === text);

/** `last`: the office would have no active user of that role. `needs-approval`: a second person has to agree. */
export type DeleteResult = { readonly type: "deleted" | "last" | "needs-approval" | Denial };

/** Events of the audit log that one transaction erases. */
const ERASED_AT_ONCE = 1_000;

interface Deps {
  readonly database: Database;
  readonly erased: ErasedPeople;
  readonly store: UserDeletionStore;
  readonly ranks: UserRankStore;
  readonly users: UserStore;
  readonly withdrawal: MessageWithdrawal;
  readonly superusers: SuperuserNotices;
  readonly notices: Notices;
  readonly audit: AuditStore;
}

/** `first`: what is done in the transaction before; it throws for a user who is not to be deleted. */
export interface DeleteHow {
  readonly by: Actor;
  readonly reason: DeletionReason;
  readonly first?: (tx: Queryable) => Promise<void>;
}

/** `requestedBy`: who asked for it, where it took two. */
interface DeletedBy {
  readonly actor: string;
  readonly requestedBy?: string;
  readonly reason: DeletionReason;
}

/**
 * Deletes a user: the account and everything that belongs to it (GDPR article 17). What stays are the id, which no other user
 * ever gets, and the events of the audit log, from which `ErasedPeople` removes what is personal
 * (decision 0070). For `UserAdministration`, and for what two people have approved.
 */
export class UserDeletion {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * What the audit log has of the user is erased afterwards; what a failure leaves there, the housekeeping of a server erases.
   */
  async delete(user: User, { by, reason, first }: DeleteHow): Promise<DeleteResult> {
    const { database, erased } = this.#deps;
    const denial = denialAlone(by, "user.delete", aboutUser(user));
    if (denial !== null) {
      return { type: denial };
    }
    const isDone = await database.inOffice(user.officeId, async (tx) => {
      await first?.(tx);
      return this.deleteIn(tx, user, { actor: by.id, reason });
    });
    if (!isDone && (await this.#isThere(user))) {
      return { type: "last" };
    }
    await erased.run(ERASED_AT_ONCE);
    return { type: "deleted" };
  }

  /** In a transaction of the user's office. Returns false, and changes nothing, for the last one who leads it, and for one who is gone. */
  async deleteIn(tx: Queryable, user: User, { actor, requestedBy, reason }: DeletedBy): Promise<boolean> {
    const { ranks, store, users, withdrawal, superusers, notices, audit } = this.#deps;
    const { id, officeId, mail, role } = user;
    const account = await users.findAccount(id, tx);
    await ranks.queue(tx);
    await store.lockSignIns(tx, id);
    // Disabled first: that counts who is left, ends every session, and tells their applications.
    if (!(await ranks.disable(tx, id, now()))) {
      return false;
    }
    const recipients = [...(mail === null ? [] : [mail]), ...(await store.numbersOf(tx, id))];
    await withdrawal.withdraw(tx, recipients);
    await store.remove(tx, id, { recipients, isStaff: role === "support", at: now() });
    await audit.add(tx, {
      ...{ type: "user.deleted", outcome: "ok", officeId, actor, subject: id },
      // Not "reason": that is the free text of other events, which is erased.
      details: { role, why: reason, ...(requestedBy === undefined ? {} : { requestedBy }) },
    });
    const language = user.language ?? account?.office.language ?? DEFAULT_LANGUAGE;
    await notices.send(tx, { ...user, language }, "accountDeleted", {});
    if (role === "superuser") {
      await superusers.changed(tx, user, "deleted");
    }
    return true;
  }

  /** Whether the same form, or another one, has not deleted the user by now. */
  async #isThere({ id, officeId }: User): Promise<boolean> {
    const { database, users } = this.#deps;
    return (await database.inOffice(officeId, (tx) => users.find(tx, id))) !== null;
  }
}
