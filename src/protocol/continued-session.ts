import type { Interaction as OidcInteraction, Session } from "oidc-provider";
import { epochSeconds } from "../kernel/clock.ts";
import { ONLY_FACTOR_MISSING } from "./requests/interaction-policy.ts";

/** A session whose password still counts in a sign-in that only needs the second factor. */
export interface ContinuedSession {
  readonly uid: string;
  readonly accountId: string;
  /** When the password was proved; seconds since 1970. */
  readonly at: number;
}

type Details = Pick<OidcInteraction, "prompt" | "params" | "session">;

/**
 * The session that a sign-in continues: still valid, started with a password, and lacking only the second factor. A
 * request for a fresh sign-in (`prompt=login`, `max_age`), or a session that does not fit for another reason, leads to a
 * full sign-in. `session` is read by its uid on each click, so that a sign-out takes effect at once.
 */
export function continuedSession(
  { prompt, params }: Details,
  session: Session | undefined,
  at: Date,
): ContinuedSession | null {
  const { uid, accountId, loginTs, amr } = session ?? {};
  const isOnlyShortOfFactor = prompt.reasons.length === 1 && prompt.reasons[0] === ONLY_FACTOR_MISSING;
  if (
    !isOnlyShortOfFactor ||
    uid === undefined ||
    accountId === undefined ||
    loginTs === undefined ||
    amr?.includes("pwd") !== true
  ) {
    return null;
  }
  // Checked on each click: oidc-provider counts a finished sign-in as fresh, whatever max_age says.
  const maxAge = params["max_age"] === undefined ? Infinity : Number(params["max_age"]);
  return epochSeconds(at) - loginTs > maxAge ? null : { uid, accountId, at: loginTs };
}
