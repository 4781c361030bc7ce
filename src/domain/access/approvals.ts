import type { AuditStore } from "../audit/audit-store.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { daysAfter, now } from "../../kernel/clock.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import { homeOf, idAt } from "../../kernel/home.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { Help } from "../factors/help.ts";
import type { Account, User } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";
import type { SuperuserNotices } from "../users/superuser-notices.ts";
import { denialAlone, denialOf, denialOfRole, roleNeedsApproval, type RoleDenial } from "./access.ts";
import { aboutUser, type Actor } from "./actor.ts";
import { isStillAsked } from "./approval-asker.ts";
import {
  APPROVAL_EVENTS,
  isDone,
  type ApprovalResult,
  type Asked,
  type Perform,
  type RequestKey,
  type RequestResult,
} from "./approval.ts";
import type { ApprovalAction, ApprovalRequest, ApprovalStore, DecidedApproval } from "./approval-store.ts";
import type { UserRankStore } from "./user-rank-store.ts";
import { WaitingApprovals } from "./waiting-approvals.ts";

interface Deps {
  readonly database: Database;
  readonly approvals: ApprovalStore;
  readonly ranks: UserRankStore;
  readonly users: UserStore;
  readonly perform: Readonly<Record<ApprovalAction, Perform>>;
  readonly superusers: SuperuserNotices;
  readonly notices: Notices;
  readonly audit: AuditStore;
}

/** Days in which a second person has to agree. */
const DAYS = 1;

/**
 * Changes by which one member of support alone could take over an office, or a colleague's account: one requests it, and
 * another member of support, or a superuser of the office, approves it within a day. The approval and the change are one
 * transaction.
 */
export class Approvals {
  /** Reads what waits. */
  readonly waiting: WaitingApprovals;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.waiting = new WaitingApprovals(deps);
  }

  /** The user and the superusers of the office are notified at once, so that an attack by one member of support is noticed. */
  async request(
    user: User,
    asked: Asked,
    { by, reason, office }: Help & { readonly office: { readonly code: string } },
  ): Promise<RequestResult> {
    const { database, approvals, superusers } = this.#deps;
    const { id: userId, officeId } = user;
    const at = now();
    const role = asked.action === "role" ? asked.role : null;
    const request = {
      id: idAt(homeOf(officeId)),
      userId,
      action: asked.action,
      role,
      reason,
      requestedBy: by.id,
    };
    return database.inOffice(officeId, async (tx) => {
      const refusal = await this.#refusalOf(tx, user, { asked, by, office });
      if (refusal !== null) {
        return { type: refusal };
      }
      await this.#cancelEnded(tx, user, by);
      if (!(await approvals.add(tx, { ...request, officeId, at, endsAt: daysAfter(at, DAYS) }))) {
        return { type: "waiting" };
      }
      await this.#record(tx, { officeId, ...request }, { kind: "requested", by, reason });
      if (asked.action === "reset") {
        await this.#notifyOfReset(tx, user);
      }
      await superusers.asked(tx, user, { ...asked, office });
      return { type: "requested", id: request.id };
    });
  }

  /** By another person than the one who asked, who must still be in support and have proved it since the last end of sessions. */
  async approve({ id, officeId }: RequestKey, by: Actor): Promise<ApprovalResult> {
    const { database, approvals, ranks, users } = this.#deps;
    const work = async (tx: Queryable): Promise<ApprovalResult> => {
      const found = await approvals.find(tx, id);
      const user = found === null ? null : await users.find(tx, found.userId);
      if (found === null || user === null) {
        return { type: "gone" };
      }
      const denial = denialOf(by, "approval.decide", aboutUser(user));
      if (denial !== null) {
        return { type: denial };
      }
      // Before the request is locked: a deletion of its user queues first, and then removes it.
      await ranks.queue(tx);
      const request = await approvals.approve(tx, id, { id: by.id, at: now() });
      return request !== null && (await isStillAsked(users, request, tx))
        ? this.#perform(tx, user, { request, by })
        : Promise.reject(new NotDone());
    };
    return database.inOffice(officeId, work).catch((error: unknown) => {
      if (error instanceof NotDone) {
        return { type: "gone" };
      }
      throw error;
    });
  }

  /** By any of those who may decide, including the one who asked. Returns false when the request is already decided. */
  async cancel({ id, officeId }: RequestKey, by: Actor): Promise<boolean> {
    const { database, approvals, users } = this.#deps;
    return database.inOffice(officeId, async (tx) => {
      const found = await approvals.find(tx, id);
      const user = found === null ? null : await users.find(tx, found.userId);
      if (user === null || denialOf(by, "approval.refuse", aboutUser(user)) !== null) {
        return false;
      }
      const decider = by.role === "application" ? null : by.id;
      const request = await approvals.cancel(tx, id, { id: decider, at: now() });
      if (request !== null) {
        await this.#record(tx, { ...request, officeId }, { kind: "cancelled", by });
      }
      return request !== null;
    });
  }

  /** What this actor has already decided of a request, such as by the same form; null when it waits, or another has decided it. */
  async findOwnDecision({ id, officeId }: RequestKey, by: Actor): Promise<DecidedApproval | null> {
    const { database, approvals } = this.#deps;
    const found = await database.inOffice(officeId, (tx) => approvals.findDecision(tx, id));
    return found?.decidedBy === by.id ? found : null;
  }

  /** Why no request is made; null when the actor needs a second person. */
  async #refusalOf(
    tx: Queryable,
    user: User,
    { asked, by, office }: { asked: Asked; by: Actor; office: { readonly code: string } },
  ): Promise<"unneeded" | "last" | RoleDenial | null> {
    const { ranks } = this.#deps;
    const target = aboutUser(user);
    switch (asked.action) {
      case "reset":
        return alone(denialAlone(by, "user.reset-authenticator", target));
      case "delete": {
        const refusal = alone(denialAlone(by, "user.delete", target));
        return refusal ?? ((await ranks.isLast(tx, user.id)) ? "last" : null);
      }
      case "enable":
        return user.status === "active" ? "unneeded" : alone(denialAlone(by, "user.enable", target));
      case "role": {
        const { role } = asked;
        const denial = denialOfRole(by, "user.change-role", { role, office, target });
        if (denial !== null) {
          return denial;
        }
        if (!roleNeedsApproval(by, { before: user.role, role }, await ranks.hasSuperuser(tx, now()))) {
          return "unneeded";
        }
        return (await ranks.isLast(tx, user.id)) ? "last" : null;
      }
    }
  }

  /** Rolls the approval back when the change is not possible any more. */
  async #perform(
    tx: Queryable,
    user: User,
    { request, by }: { request: ApprovalRequest; by: Actor },
  ): Promise<ApprovalResult> {
    const { action, role, reason, requestedBy } = request;
    if (isDone(request, user)) {
      throw new NotDone();
    }
    const done = await this.#deps.perform[action](tx, user, { actor: by.id, requestedBy, reason, role });
    if (done === null) {
      throw new NotDone();
    }
    return { type: "approved", ...done };
  }

  /** A request that does not count any more must not keep the next one out. */
  async #cancelEnded(tx: Queryable, { id, officeId }: User, by: Actor): Promise<void> {
    const { approvals, users } = this.#deps;
    const at = now();
    const found = await approvals.findWaitingFor(tx, id, at);
    if (found === null || (await isStillAsked(users, found, tx))) {
      return;
    }
    const request = await approvals.cancel(tx, found.id, { id: by.id, at });
    if (request !== null) {
      await this.#record(tx, { ...request, officeId }, { kind: "cancelled", by });
    }
  }

  async #notifyOfReset(tx: Queryable, user: User): Promise<void> {
    const { users, notices } = this.#deps;
    const account: Account | null = await users.findAccount(user.id, tx);
    const language = user.language ?? account?.office.language ?? DEFAULT_LANGUAGE;
    await notices.send(tx, { ...user, language }, "factorResetAsked", {});
  }

  #record(
    tx: Queryable,
    { officeId, userId, action, role }: ApprovalRequest & { readonly officeId: string },
    { kind, by, reason }: { kind: "requested" | "cancelled"; by: Actor; reason?: string },
  ): Promise<void> {
    const details = { ...(role === null ? {} : { role }), ...(reason === undefined ? {} : { reason }) };
    const who = { officeId, actor: by.id, subject: userId };
    return this.#deps.audit.add(tx, { type: APPROVAL_EVENTS[action][kind], outcome: "ok", ...who, details });
  }
}

/** Rolls the transaction back. */
class NotDone extends Error {}

/** A request needs an action that this actor may take, but not alone. */
const alone = (denial: RoleDenial | "needs-approval" | null): "unneeded" | RoleDenial | null =>
  denial === "needs-approval" ? null : (denial ?? "unneeded");
