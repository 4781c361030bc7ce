import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import { homeOf, idAt } from "../../kernel/home.ts";
import { randomToken } from "../../kernel/random.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { UserContact } from "./code-try.ts";
import type { TrustedBrowserStore } from "./trusted-browser-store.ts";

interface Deps {
  readonly store: TrustedBrowserStore;
  readonly audit: AuditStore;
  readonly notices: Notices;
}

/** Where the user chose to trust the browser. */
export interface TrustRequest {
  readonly days: number;
  readonly device: object;
  readonly visitor: Visitor;
}

/**
 * Starts to trust a browser, in the transaction that ends a sign-in. The database function
 * `trusted_browsers_of` (migrations/functions) says which browsers count at a sign-in; what such a sign-in has left is judged by
 * `satisfies` (factor.ts), by the same days.
 */
export class TrustedBrowsers {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Returns the token for the cookie. Always a new one, never one that the browser sent: an attacker could have put
   * that there and know it.
   */
  async trust(tx: Queryable, user: UserContact, { days, device, visitor }: TrustRequest): Promise<string> {
    const { store, audit, notices } = this.#deps;
    const token = randomToken();
    await store.add(tx, user, { id: idAt(homeOf(user.officeId)), token, device, days, at: now() });
    const { id, officeId } = user;
    const who = { officeId, actor: id, subject: id, visitor };
    await audit.add(tx, { type: "browser.trusted", outcome: "ok", ...who, details: { days } });
    await notices.send(tx, user, "browserTrusted", { days });
    return token;
  }

  /** Tokens as they are stored. */
  hashes(tokens: readonly string[]): Buffer[] {
    return this.#deps.store.hashes(tokens);
  }
}
