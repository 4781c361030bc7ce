import { denialOf, type Denial } from "../access/access.ts";
import { aboutUser, type Actor } from "../access/actor.ts";
import type { AuditType } from "../audit/audit-event.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import { isJustMadeBy, type LastChangeStore } from "../audit/last-change-store.ts";
import type { EndedNumberRequests } from "../factors/ended-number-requests.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { User } from "./user.ts";
import type { UserStore } from "./user-store.ts";

interface Deps {
  readonly database: Database;
  readonly users: UserStore;
  readonly access: SessionStore;
  readonly numberRequests: EndedNumberRequests;
  readonly notices: Notices;
  readonly audit: AuditStore;
  readonly lastChange: LastChangeStore;
}

interface SessionStore {
  /** Ends a session of this user with its tokens, and notifies its applications. Returns 0 for one that is not this user's. */
  endSession(tx: Queryable, userId: string, uid: string): Promise<number>;
}

/** `unknown`: the user has no such session, or it has ended. */
export type EndSessionResult = { readonly type: "ended" | "unknown" | Denial };

/** The end of a user's sessions by another user, or by a program; the user is notified. */
export class SessionEnding {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Ends every session and every token. Where the actor has just done so and none has begun since, such as by a double click, there is
   * no second event and no second notice.
   */
  async endAll(user: User, by: Actor): Promise<{ readonly type: "ended" | Denial }> {
    const { database, users, numberRequests, lastChange } = this.#deps;
    const denial = denialOf(by, "user.end-sessions", aboutUser(user));
    if (denial !== null) {
      return { type: denial };
    }
    await database.inOffice(user.officeId, async (tx) => {
      const at = now();
      await users.lock(tx, user.id);
      const last = await lastChange.find(tx, user.id, ["sessions.ended"]);
      const ended = await users.endSessions(tx, user.id, at);
      if (ended === 0 && isJustMadeBy(last, by.id, at)) {
        return;
      }
      await this.#notify(tx, user, { type: "sessions.ended", notice: "sessionsEndedByOffice", by });
      await numberRequests.cancel(tx, user, { actor: by.id });
    });
    return { type: "ended" };
  }

  /** Ends one session with its tokens. Others stay, and so does what the user has asked for in them. */
  async endOne(user: User, uid: string, by: Actor): Promise<EndSessionResult> {
    const { database, access } = this.#deps;
    const denial = denialOf(by, "user.end-sessions", aboutUser(user));
    if (denial !== null) {
      return { type: denial };
    }
    return database.inOffice(user.officeId, async (tx) => {
      if ((await access.endSession(tx, user.id, uid)) === 0) {
        return { type: "unknown" };
      }
      await this.#notify(tx, user, { type: "session.ended", notice: "sessionEndedByOffice", by });
      return { type: "ended" };
    });
  }

  async #notify(
    tx: Queryable,
    user: User,
    { type, notice, by }: { type: AuditType; notice: Parameters<Notices["send"]>[2]; by: Actor },
  ): Promise<void> {
    const { audit, users, notices } = this.#deps;
    const { id: subject, officeId } = user;
    await audit.add(tx, { type, outcome: "ok", officeId, actor: by.id, subject });
    const account = await users.findAccount(subject, tx);
    const language = user.language ?? account?.office.language ?? DEFAULT_LANGUAGE;
    await notices.send(tx, { ...user, language }, notice, {});
  }
}
