import type { AuditStore } from "../audit/audit-store.ts";
import { now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import type { RateLimitStore } from "../../platform/limits/rate-limit-store.ts";
import type { Account } from "../users/user.ts";

interface Deps {
  readonly database: Database;
  readonly limits: RateLimitStore;
  readonly hash: KeyedHash;
  readonly audit: AuditStore;
}

/** What a user has allowed or refused. */
export interface ConsentEvent {
  /** Null for one who is gone. */
  readonly account: Pick<Account, "id" | "office"> | null;
  readonly applicationId: string;
  readonly isAllowed: boolean;
  readonly scopes: readonly string[];
  readonly visitor: Visitor;
  /** Names the form and what it decides: two of the same moment are one event. */
  readonly form: string;
}

/** Writes decisions of the consent page to the audit log. */
export class ConsentLog {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async record({ account, applicationId, isAllowed, scopes, visitor, form }: ConsentEvent): Promise<void> {
    const { database, limits, hash, audit } = this.#deps;
    const officeId = account?.office.id ?? null;
    const once = { scope: "consent-form", key: hash(`form of a consent ${form}`), limit: 1, minutes: 1 };
    const work = async (tx: Queryable) => {
      if ((await limits.reserve([once], now(), tx)).length === 0) {
        return;
      }
      await audit.add(tx, {
        ...{ type: "consent", outcome: isAllowed ? "ok" : "refused" },
        ...{ officeId, actor: account?.id ?? "visitor", applicationId, visitor },
        details: { scopes: scopes.join(" ") },
      });
    };
    await (officeId === null ? database.transaction(work) : database.inOffice(officeId, work));
  }
}
