import type { Interaction as OidcInteraction, Session } from "oidc-provider";
import { epochSeconds } from "../kernel/clock.ts";
import { ONLY_FACTOR_MISSING } from "./requests/interaction-policy.ts";

/** A session whose password still counts in a sign-in that only lacks the second factor. */
export interface ContinuedSession {
  readonly accountId: string;
  /** When the password was proved; seconds since 1970. */
  readonly at: number;
}

type Details = Pick<OidcInteraction, "prompt" | "params" | "session">;

/**
 * The session that a sign-in goes on from: alive at this moment, begun with a password, and short of nothing but the
 * second factor. Whoever asks for a fresh sign-in (`prompt=login`, `max_age`) gets a whole one, as does whoever the
 * session does not fit in any other way. `session` is read by its uid for each click, so its end is felt at once.
 */
export function continuedSession(
  { prompt, params }: Details,
  session: Session | undefined,
  at: Date,
): ContinuedSession | null {
  const { accountId, loginTs, amr } = session ?? {};
  const isOnlyShortOfFactor = prompt.reasons.length === 1 && prompt.reasons[0] === ONLY_FACTOR_MISSING;
  if (
    !isOnlyShortOfFactor ||
    accountId === undefined ||
    loginTs === undefined ||
    amr?.includes("pwd") !== true
  ) {
    return null;
  }
  // Judged anew for each click: oidc-provider takes the end of a sign-in for a fresh one, whatever max_age says.
  const maxAge = params["max_age"] === undefined ? Infinity : Number(params["max_age"]);
  return epochSeconds(at) - loginTs > maxAge ? null : { accountId, at: loginTs };
}
