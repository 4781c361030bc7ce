import type { Context } from "koa";
import type { Provider } from "oidc-provider";
import { satisfies } from "../../domain/factors/factor.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import type { ProofAge } from "../../domain/users/still-proved.ts";
import { isActive, type Account } from "../../domain/users/user.ts";
import { ACR, provedBy } from "../claims.ts";
import { isWithinSession } from "../requests/session-length.ts";
import { currentWork } from "./unit-of-work.ts";

/** The session of a user on our own pages. */
export interface OwnSession {
  readonly uid: string;
  readonly account: Account;
  /** When password and factor were proved; seconds since 1970. */
  readonly authTime: number;
  /** Authentication methods (RFC 8176). */
  readonly amr: readonly string[];
  /** Whether a trusted browser replaced the code. */
  readonly hasSkippedCode: boolean;
  /** The grants that applications have from this session. */
  readonly grantIds: readonly string[];
}

/** By what a session is judged, see `isStillProved`. */
export const proofOf = ({ uid, authTime, hasSkippedCode }: OwnSession): ProofAge => ({
  at: authTime,
  session: uid,
  hasSkippedCode,
});

/** Our port to oidc-provider's sessions, for our own pages. */
export class OwnSessions {
  readonly #provider: Provider;

  constructor(provider: Provider) {
    this.#provider = provider;
  }

  /**
   * The session in this browser, read from the database. Null for a session that oidc-provider would not accept for an
   * application either: ended, too old for its office, of a disabled user, or without the required factor.
   */
  async current(ctx: Context): Promise<OwnSession | null> {
    const { uid, accountId, loginTs, amr, acr, authorizations } = await this.#provider.Session.get(ctx);
    const account = accountId === undefined ? null : (currentWork()?.account(accountId) ?? null);
    if (account === null || loginTs === undefined || !isActive(account)) {
      return null;
    }
    const seconds = epochSeconds(now());
    if (
      !isWithinSession(account, loginTs) ||
      !satisfies(account, provedBy({ amr, acr, authTime: loginTs }), seconds)
    ) {
      return null;
    }
    const grantIds = Object.values(authorizations ?? {}).flatMap(({ grantId }) => grantId ?? []);
    const hasSkippedCode = acr === ACR.trustedBrowser;
    return { uid, account, authTime: loginTs, amr: amr ?? [], hasSkippedCode, grantIds };
  }
}
