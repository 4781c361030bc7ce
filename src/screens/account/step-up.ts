import { ACCOUNT_APPLICATION_ID, ACCOUNT_RETURN_PATH } from "../../domain/applications/own-application.ts";
import { ACR } from "../../protocol/claims.ts";
import type { OwnSession } from "../../protocol/models/own-sessions.ts";

/** A change needs password and factor proved less than this ago. */
const FRESH_SECONDS = 5 * 60;
/** What the request asks for: less, so that whoever comes back has a minute before being asked again. */
const ASKED_SECONDS = FRESH_SECONDS - 60;

/** What is known of somebody's factors, and whether one has to be there. */
export interface FactorSituation {
  readonly hasFactor: boolean;
  readonly needsFactor: boolean;
}

/**
 * Whether what was proved in this session is enough to change something. Whoever has a second factor has to have
 * proved it: a recovery code, or a session from before it was set up, is not that.
 */
export function requireFresh(session: OwnSession, now: number, situation: FactorSituation): boolean {
  const isYoung = now - session.authTime < FRESH_SECONDS;
  return isYoung && (!mustProveFactor(situation) || session.amr.includes("mfa"));
}

const mustProveFactor = ({ hasFactor, needsFactor }: FactorSituation): boolean => hasFactor || needsFactor;

/** The sign-in that leads back to a page of the account. No code and no token comes of it (response type `none`). */
export function signInAddress(issuer: string, returnTo: string): string {
  return address(issuer, returnTo, {});
}

/** The same for whoever is signed in and wants to change something. */
export function stepUpAddress(
  issuer: string,
  { returnTo, session }: { returnTo: string; session: OwnSession },
  situation: FactorSituation,
): string {
  const { account } = session;
  return address(issuer, returnTo, {
    // With a factor that is missing in the session, its age alone would change nothing.
    ...(session.amr.includes("mfa") ? { max_age: String(ASKED_SECONDS) } : { prompt: "login" }),
    ...(mustProveFactor(situation) ? { acr_values: ACR.secondFactor } : {}),
    office: account.office.code,
    login_hint: account.username,
  });
}

function address(issuer: string, returnTo: string, more: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams({
    client_id: ACCOUNT_APPLICATION_ID,
    response_type: "none",
    redirect_uri: `${issuer}${ACCOUNT_RETURN_PATH}`,
    scope: "openid",
    state: returnTo,
    ...more,
  });
  return `/authorize?${query.toString()}`;
}

/** The page that somebody wanted, as it comes back with the sign-in; anything but a page of the account is the first page. */
export function returnPath(state: unknown): string {
  return typeof state === "string" && /^\/account(\/[\w-]{1,100}){0,2}$/.test(state) ? state : "/account";
}
