import type { AuditSealStore } from "../audit/audit-seal-store.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { Database } from "../../platform/database/database.ts";
import type { DueOffice, OfficePurgeStore } from "./office-purge-store.ts";

interface Deps {
  readonly database: Database;
  readonly store: OfficePurgeStore;
  readonly seals: Pick<AuditSealStore, "erase">;
  readonly audit: AuditStore;
}

/** Users that one transaction deletes. */
const MOST = 500;

/**
 * Deletes closed offices when their time has come, in small transactions: first what the audit log has that is personal, then users
 * and everything else. A process that ends in the middle leaves a part, and the next round of any server goes on with it.
 */
export class OfficePurge {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** At most about `limit` rows in a transaction. One office at a time; returns whether there was one. */
  async run(limit: number): Promise<boolean> {
    const { store } = this.#deps;
    const due = await store.findDue();
    if (due === null || !(due.hasBegun || (await this.#begin(due.id)))) {
      return false;
    }
    await this.#tellPlatform(due);
    await this.#eraseLog(due.id, limit);
    while ((await store.purge(due.id, Math.min(limit, MOST))) > 0);
    return true;
  }

  #begin(officeId: string): Promise<boolean> {
    const { database, store, audit } = this.#deps;
    return database.inOffice(officeId, async (tx) => {
      const isBegun = await store.begin(tx, officeId);
      if (isBegun) {
        const who = { officeId, actor: "vestibule", subject: officeId } as const;
        await audit.add(tx, { type: "office.deleted", outcome: "ok", ...who });
      }
      return isBegun;
    });
  }

  /**
   * The office's webhooks are deleted with it, so the platform's get the event. In a transaction of its own, for an office may be stored
   * on another machine; each round makes up for a process that ended before it.
   */
  #tellPlatform({ id, code }: DueOffice): Promise<void> {
    const { database, store, audit } = this.#deps;
    return database.transaction(async (tx) => {
      if (await store.isUntold(tx, id)) {
        const who = { officeId: null, actor: "vestibule", subject: id, details: { office: code } } as const;
        await audit.add(tx, { type: "office.deleted", outcome: "ok", ...who });
      }
    });
  }

  async #eraseLog(officeId: string, limit: number): Promise<void> {
    while ((await this.#deps.seals.erase({ officeId, userId: null }, limit)) === limit);
  }
}
