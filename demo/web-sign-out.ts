import { buildEndSessionUrl, randomState, tokenRevocation } from "openid-client";
import type { EndedSession } from "./logout-token.ts";
import type { Answer, SignedInVisit, Visit, WebDesk } from "./web-desk.ts";
import { messagePage } from "./web-pages.ts";
import type { Session } from "./web-session.ts";

/** Ends the session of this application; the person stays signed in at the identity provider. */
export async function signOutHere(desk: WebDesk, { session }: SignedInVisit): Promise<Answer> {
  await endSession(desk, session);
  return { type: "go", to: "/signed-out", session: null };
}

/**
 * Ends the session of this application and asks the identity provider to end its own (RP-initiated logout).
 */
export async function signOutEverywhere(desk: WebDesk, visit: SignedInVisit): Promise<Answer> {
  await endSession(desk, visit.session);
  const configuration = await desk.provider();
  const state = randomState();
  desk.memory.signOuts.put(state, visit.browserId);
  const address = buildEndSessionUrl(configuration, {
    id_token_hint: visit.session.tokens.idToken,
    post_logout_redirect_uri: desk.addresses.postLogoutRedirectUri,
    state,
  });
  return { type: "go", to: address.href, session: null };
}

/** Where both ways of signing out end. */
export function signedOut(desk: WebDesk, visit: Visit): Answer {
  const wasEverywhere = desk.memory.signOuts.take(visit.query.get("state") ?? "") === visit.browserId;
  if (visit.session) return { type: "go", to: "/" };
  const text = wasEverywhere
    ? "You are signed out here and at the identity provider."
    : "You are signed out of this application. The identity provider may still know you: the next sign-in may not ask for your password.";
  const page = messagePage({ title: "You are signed out", text, action: "Sign in" });
  return { type: "page", status: 200, page };
}

/**
 * The identity provider says that a session has ended, from server to server. Returns how many sessions of
 * this application ended with it; throws when the token is not to be trusted.
 */
export async function backchannelLogout(desk: WebDesk, logoutToken: string): Promise<number> {
  const ended = await desk.verifyLogoutToken(logoutToken);
  return desk.memory.sessions.removeWhere((session) => isMeant(session, ended));
}

function isMeant(session: Session, { sid, sub }: EndedSession): boolean {
  if (sub !== undefined && session.sub !== sub) return false;
  if (sid === undefined || session.sid === undefined) return sub !== undefined;
  return session.sid === sid;
}

async function endSession(desk: WebDesk, session: Session): Promise<void> {
  desk.memory.sessions.remove(session.id);
  try {
    await session.refreshing;
    const { refreshToken } = session.tokens;
    if (!refreshToken) return;
    // With `offline_access` it would outlive every session: hand it back.
    await tokenRevocation(await desk.provider(), refreshToken, { token_type_hint: "refresh_token" });
  } catch {
    // Being signed out matters more: the token is forgotten here and expires there.
  }
}
