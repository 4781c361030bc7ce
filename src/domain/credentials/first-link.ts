import type { AuditStore } from "../audit/audit-store.ts";
import type { Database } from "../../platform/database/database.ts";
import type { Clock } from "../../kernel/clock.ts";
import { Secret } from "../../kernel/secret.ts";
import type { OneTimeLinkStore } from "./one-time-link-store.ts";
import type { User } from "../users/user.ts";

interface Parts {
  readonly database: Database;
  readonly links: OneTimeLinkStore;
  readonly audit: AuditStore;
  readonly clock: Clock;
  readonly issuer: string;
}

/**
 * The link with which the staff of the platform chooses a password: the first of them is added where there is nobody
 * to invite them and perhaps no mail yet, so it is printed at the terminal, once. No page and no console can make one.
 */
export class FirstLink {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The address, with 256 random bits; good for 24 hours and one use, and dead when the mail address changes. */
  async make(user: User, actor: string): Promise<Secret> {
    const { database, links, audit, clock, issuer } = this.#parts;
    const { id: userId, officeId, mail } = user;
    return database.inOffice(officeId, async (tx) => {
      const data = { mail, applicationId: null };
      const token = await links.make(tx, { purpose: "invitation", officeId, userId, at: clock(), data });
      const details = { purpose: "invitation", by: "terminal" };
      const who = { officeId, actor, subject: userId };
      await audit.add(tx, { type: "password-link.sent", outcome: "ok", ...who, details });
      return new Secret(`${issuer}/invitation/${token.reveal()}`);
    });
  }
}
