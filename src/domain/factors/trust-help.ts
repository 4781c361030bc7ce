import type { AuditStore } from "../audit/audit-store.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { epochSeconds, type Clock } from "../../kernel/clock.ts";
import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import { denialOf, type Denial } from "../access/access.ts";
import { aboutUser, type Actor } from "../access/actor.ts";
import type { User } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";
import type { TrustedBrowserStore } from "./trusted-browser-store.ts";

interface Parts {
  readonly database: Database;
  readonly users: UserStore;
  readonly trusted: TrustedBrowserStore;
  /** Where sessions live. */
  readonly access: { endSpared(tx: Queryable, personId: string): Promise<number> };
  readonly notices: Notices;
  readonly audit: AuditStore;
  readonly clock: Clock;
}

/** Ends the trust that somebody has put in browsers, for whoever helps them: a laptop was lost, or somebody sees it. */
export class TrustHelp {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * All of them, with what was signed in without a code: nobody knows any more which browser that was in. It only makes
   * an account safer, so one member of support may do it alone.
   */
  async endAll(user: User, by: Actor): Promise<{ readonly type: "ended" | Denial }> {
    const { database, users, trusted, access, clock } = this.#parts;
    const obstacle = denialOf(by, "user.end-trust", aboutUser(user));
    if (obstacle !== null) {
      return { type: obstacle };
    }
    await database.inOffice(user.officeId, async (tx) => {
      await users.hold(tx, user.id, epochSeconds(clock()));
      const browsers = await trusted.endAll(tx, user.id);
      if (browsers > 0) {
        const sessions = await access.endSpared(tx, user.id);
        await this.#tell(tx, user, { by, details: { browsers, sessions } });
      }
    });
    return { type: "ended" };
  }

  async #tell(
    tx: Queryable,
    user: User,
    { by, details }: { by: Actor; details: Readonly<Record<string, number>> },
  ): Promise<void> {
    const { users, audit, notices } = this.#parts;
    const { id, officeId } = user;
    const event = { outcome: "ok", officeId, actor: by.id, subject: id, details } as const;
    await audit.add(tx, { type: "browser.trust-ended", ...event });
    const account = await users.findAccount(id, tx);
    const language = user.language ?? account?.office.language ?? DEFAULT_LANGUAGE;
    await notices.send(tx, { ...user, language }, "trustEndedByOffice", {});
  }
}
