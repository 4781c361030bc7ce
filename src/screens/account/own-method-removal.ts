import type { FactorKind } from "../../domain/factors/factor.ts";
import type { MethodRemoval, RemovalResult, Removed } from "../../domain/factors/method-removal.ts";
import type { OwnAccount } from "../../domain/users/own-account.ts";
import type { Database } from "../../platform/database/database.ts";
import type { SessionOverviewStore } from "../../protocol/models/session-overview-store.ts";
import { contactOf } from "./code-form.ts";
import { ownerOf, type ChangeContext } from "./page.ts";

interface Deps {
  readonly database: Database;
  readonly own: OwnAccount;
  readonly removal: MethodRemoval;
  readonly access: SessionOverviewStore;
}

/** Where users remove one of their methods. Every other session ends, because the device may be in the hands of a thief. */
export class OwnMethodRemoval {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Refuses the last method that the office accepts, also to two requests at once. */
  async remove(
    context: ChangeContext,
    removed: Removed,
    accepted: readonly FactorKind[],
  ): Promise<RemovalResult> {
    const { database, own, removal, access } = this.#deps;
    const { account } = context.session;
    const by = { actor: account.id, visitor: context.visitor };
    return database.inOffice(account.office.id, async (tx) => {
      await own.hold(tx, ownerOf(context));
      const result = await removal.remove(tx, contactOf(context), { removed, accepted, by });
      if (result === "removed") {
        await access.endOthers(tx, account.id, context.session);
        await access.endTrustedBrowserSessions(tx, account.id);
      }
      return result;
    });
  }
}
