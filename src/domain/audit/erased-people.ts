import { now } from "../../kernel/clock.ts";
import type { ErasableUser, UserDeletionStore } from "../users/user-deletion-store.ts";
import type { AuditSealStore } from "./audit-seal-store.ts";

interface Deps {
  readonly deletions: UserDeletionStore;
  readonly seals: Pick<AuditSealStore, "erase">;
  readonly offices: { list(limit: number): Promise<readonly { readonly id: string }[]> };
}

/** Users whose events are erased in one go; each needs a few statements. */
const USERS = 20;
const ALL = 1_000_000;

/**
 * Erases what the audit log has of deleted users: their network addresses, and numbers, reasons and names in events about them. In
 * small transactions after the deletion, and again until it is done, so that a process that ends in the middle leaves nothing.
 */
export class ErasedPeople {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** `limit`: events in one transaction. */
  async run(limit: number): Promise<void> {
    for (const user of await this.#deps.deletions.findToErase(USERS)) {
      await this.#erase(user, limit);
    }
  }

  async #erase(user: ErasableUser, limit: number): Promise<void> {
    const { deletions, seals } = this.#deps;
    for (const officeId of await this.#logsOf(user)) {
      while ((await seals.erase({ officeId, userId: user.id }, limit)) === limit);
    }
    await deletions.markErased(user.id, now());
  }

  /** The logs that name the user: of the own office, of no office, and for support of every office. */
  async #logsOf({ officeId, isStaff }: ErasableUser): Promise<(string | null)[]> {
    const others = isStaff ? (await this.#deps.offices.list(ALL)).map(({ id }) => id) : [];
    return [...new Set([null, officeId, ...others])];
  }
}
