import type { AuditStore } from "../audit/audit-store.ts";
import type { AuditType } from "../audit/audit-event.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { daysAfter, now } from "../../kernel/clock.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import { randomId } from "../../kernel/random.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import { denialAlone, denialOf, type Denial } from "../access/access.ts";
import { aboutUser, type Actor } from "../access/actor.ts";
import { isActive, type User } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";
import type { FactorReset } from "./factor-reset.ts";
import type { Help } from "./help.ts";
import type { ResetRequestStore, WaitingReset } from "./reset-request-store.ts";
import type { UserRef } from "../users/user-ref.ts";

interface Deps {
  readonly database: Database;
  readonly store: ResetRequestStore;
  readonly users: UserStore;
  readonly resets: FactorReset;
  readonly notices: Notices;
  readonly audit: AuditStore;
}

/** A request, and the office of the user to reset. */
export interface RequestKey {
  readonly id: string;
  readonly officeId: string;
}

/** `unneeded`: this actor may reset this user's factor alone. `waiting`: a request already exists. */
export type RequestResult =
  { readonly type: "requested"; readonly id: string } | { readonly type: "waiting" | "unneeded" | Denial };

/** `gone`: decided, expired, the actor's own, or the actor is no longer in support. The code is shown once. */
export type ApprovalResult =
  { readonly type: "reset"; readonly enrolmentCode: Secret } | { readonly type: "gone" | Denial };

const DECIDE = "superuser-reset.approve";

/** Days in which the second member of support has to agree. */
const DAYS = 1;

/**
 * Resetting a superuser, or a colleague, takes two members of support: one requests it, and another
 * approves it within a day. The approval and the reset are one transaction.
 */
export class ResetRequests {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The user is notified at once, so that an attack by one member of support does not stay unnoticed. */
  async request(user: User, { by, reason }: Help): Promise<RequestResult> {
    const { database, store, users, notices } = this.#deps;
    const denial = denialAlone(by, "user.reset-authenticator", aboutUser(user));
    if (denial !== "needs-approval") {
      return { type: denial ?? "unneeded" };
    }
    const { id: userId, officeId } = user;
    const at = now();
    const request = {
      id: randomId(),
      officeId,
      userId,
      reason,
      requestedBy: by.id,
      at,
      endsAt: daysAfter(at, DAYS),
    };
    return database.inOffice(officeId, async (tx) => {
      if (!(await store.add(tx, request))) {
        return { type: "waiting" };
      }
      await this.#record(tx, user, { type: "factor.reset-requested", by, reason });
      const account = await users.findAccount(userId, tx);
      const language = user.language ?? account?.office.language ?? DEFAULT_LANGUAGE;
      await notices.send(tx, { ...user, language }, "factorResetAsked", {});
      return { type: "requested", id: request.id };
    });
  }

  /** By a member of support other than the one who asked, who must still be in support. */
  async approve({ id, officeId }: RequestKey, by: Actor): Promise<ApprovalResult> {
    const { database, store, users, resets } = this.#deps;
    return database.inOffice(officeId, async (tx) => {
      const found = await store.find(tx, id);
      const user = found === null ? null : await users.find(tx, found.userId);
      if (found === null || user === null) {
        return { type: "gone" };
      }
      const denial = denialOf(by, DECIDE, aboutUser(user));
      if (denial !== null) {
        return { type: denial };
      }
      if (!(await this.#isSupport(tx, found.requestedBy))) {
        return { type: "gone" };
      }
      const request = await store.approve(tx, id, { id: by.id, at: now() });
      if (request === null) {
        return { type: "gone" };
      }
      const { reason, requestedBy } = request;
      return {
        type: "reset",
        enrolmentCode: await resets.resetIn(tx, user, { reason, actor: by.id, requestedBy }),
      };
    });
  }

  /** By any member of support, including the one who asked. Returns false when the request is already decided. */
  async cancel({ id, officeId }: RequestKey, by: Actor): Promise<boolean> {
    const { database, store, users } = this.#deps;
    return database.inOffice(officeId, async (tx) => {
      const found = await store.find(tx, id);
      const user = found === null ? null : await users.find(tx, found.userId);
      if (user === null || denialOf(by, DECIDE, aboutUser(user)) !== null) {
        return false;
      }
      const request = await store.cancel(tx, id, { id: by.id, at: now() });
      if (request !== null) {
        await this.#record(tx, { id: request.userId, officeId }, { type: "factor.reset-cancelled", by });
      }
      return request !== null;
    });
  }

  /** What can be approved now, in all offices; for members of support. */
  waiting(): Promise<WaitingReset[]> {
    return this.#deps.store.waiting(now());
  }

  async #isSupport(tx: Queryable, id: string): Promise<boolean> {
    const account = await this.#deps.users.findAccount(id, tx);
    return account !== null && isActive(account) && account.role === "support";
  }

  #record(
    tx: Queryable,
    user: UserRef,
    { type, by, reason }: { type: AuditType; by: Actor; reason?: string },
  ): Promise<void> {
    const details = reason === undefined ? {} : { reason };
    const who = { officeId: user.officeId, actor: by.id, subject: user.id };
    return this.#deps.audit.add(tx, { type, outcome: "ok", ...who, details });
  }
}
