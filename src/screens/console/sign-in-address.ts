import { CONSOLE_APPLICATION_ID, CONSOLE_RETURN_PATH } from "../../domain/applications/own-application.ts";
import { ACR } from "../../protocol/claims.ts";
import type { OwnSession } from "../../protocol/models/own-sessions.ts";

/** A change needs password and factor proved less than this ago. */
const FRESH_SECONDS = 5 * 60;
/** What the request asks for: less, so that whoever comes back has a minute before being asked again. */
const ASKED_SECONDS = FRESH_SECONDS - 60;

/** Whether this session has proved a second factor; a recovery code is none. */
export const hasFactor = ({ amr }: OwnSession): boolean => amr.includes("mfa");

export const isFresh = (session: OwnSession, now: number): boolean =>
  hasFactor(session) && now - session.authTime < FRESH_SECONDS;

/** The sign-in that leads back to a page of the console. Whatever the office says, it asks for a second factor. */
export function signInAddress(issuer: string, returnTo: string): string {
  return address(issuer, returnTo, {});
}

/** The same for somebody who is signed in, and has to prove it once more. */
export function stepUpAddress(
  issuer: string,
  { returnTo, session }: { returnTo: string; session: OwnSession },
): string {
  const { account } = session;
  return address(issuer, returnTo, {
    ...(hasFactor(session) ? { max_age: String(ASKED_SECONDS) } : {}),
    office: account.office.code,
    login_hint: account.username,
  });
}

function address(issuer: string, returnTo: string, more: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams({
    client_id: CONSOLE_APPLICATION_ID,
    response_type: "none",
    redirect_uri: `${issuer}${CONSOLE_RETURN_PATH}`,
    scope: "openid",
    acr_values: ACR.secondFactor,
    state: returnTo,
    ...more,
  });
  return `/authorize?${query.toString()}`;
}

/** The page that somebody wanted, as it comes back with the sign-in; anything but a page of the console is its entry. */
export function returnPath(state: unknown): string {
  return typeof state === "string" && /^\/console(\/[\w-]{1,100}){0,8}$/.test(state) ? state : "/console";
}
