import type { AuditEvent } from "../audit/audit-event.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { Role } from "../access/role.ts";
import type { UserRankStore } from "../access/user-rank-store.ts";
import type { OneTimeLinkStore } from "../credentials/one-time-link-store.ts";
import type { EndedNumberRequests } from "../factors/ended-number-requests.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { SuperuserNotices } from "./superuser-notices.ts";
import type { User } from "./user.ts";
import type { UserStore } from "./user-store.ts";

interface Deps {
  readonly ranks: UserRankStore;
  readonly users: UserStore;
  readonly links: OneTimeLinkStore;
  readonly superusers: SuperuserNotices;
  readonly numberRequests: EndedNumberRequests;
  readonly notices: Notices;
  readonly audit: AuditStore;
}

/** The actor, and for a change that took two people the one who asked, and why. */
interface By {
  readonly actor: string;
  readonly requestedBy?: string;
  readonly reason?: string;
}

/**
 * Changes of a user's role and status; disabling ends sessions, tokens and links. For `UserAdministration` and for what two people have approved, which both check
 * permission. In a transaction of the user's office.
 */
export class RankChange {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Ends every session and token, so that none carries the previous role; the user is notified by mail. */
  async changeRole(
    tx: Queryable,
    user: User,
    { role, by }: { role: Role; by: By },
  ): Promise<"changed" | "unchanged" | "last" | "overtaken"> {
    const { ranks, users, superusers, numberRequests, notices } = this.#deps;
    const before = user.role;
    if (!(await ranks.changeRole(tx, user.id, { before, role, at: now() }))) {
      const current = (await users.find(tx, user.id))?.role;
      return current === before ? "last" : current === role ? "unchanged" : "overtaken";
    }
    await this.#record(tx, user, { type: "user.role-changed", by, details: { before, role } });
    const account = await users.findAccount(user.id, tx);
    const language = user.language ?? account?.office.language ?? DEFAULT_LANGUAGE;
    await notices.send(tx, { ...user, language }, "roleChanged", { before, role });
    await numberRequests.cancel(tx, user, by);
    if (before === "superuser" || role === "superuser") {
      await superusers.changed(tx, user, role === "superuser" ? "made" : "unmade");
    }
    return "changed";
  }

  /**
   * Ends sessions, tokens and links. Returns false for the last one who leads. A user who is disabled by now, such as by the same form,
   * gets no other event.
   */
  async disable(tx: Queryable, user: User, by: By): Promise<boolean> {
    const { ranks, links, numberRequests } = this.#deps;
    if (await ranks.isDisabled(tx, user.id)) {
      return true;
    }
    if (!(await ranks.disable(tx, user.id, now()))) {
      return false;
    }
    await links.voidAll(tx, user.id);
    await this.#record(tx, user, { type: "user.disabled", by });
    await numberRequests.cancel(tx, user, by);
    await this.#notifyOf(tx, user, "disabled");
    return true;
  }

  /** One who is enabled by now gets no other event. */
  async enable(tx: Queryable, user: User, by: By): Promise<void> {
    if (await this.#deps.ranks.enable(tx, user.id, now())) {
      await this.#record(tx, user, { type: "user.enabled", by });
      await this.#notifyOf(tx, user, "enabled");
    }
  }

  async #notifyOf(tx: Queryable, user: User, what: "disabled" | "enabled"): Promise<void> {
    if (user.role === "superuser") {
      await this.#deps.superusers.changed(tx, user, what);
    }
  }

  #record(
    tx: Queryable,
    { id, officeId }: User,
    { type, by, details }: Pick<AuditEvent, "type" | "details"> & { readonly by: By },
  ): Promise<void> {
    const { actor, ...asked } = by;
    return this.#deps.audit.add(tx, {
      ...{ type, outcome: "ok", officeId, actor, subject: id },
      ...(details === undefined && Object.keys(asked).length === 0
        ? {}
        : { details: { ...details, ...asked } }),
    });
  }
}
