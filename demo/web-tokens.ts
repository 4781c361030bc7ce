import {
  fetchUserInfo,
  refreshTokenGrant,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from "openid-client";
import { describeDate } from "./describe-claims.ts";
import type { Answer, SignedInVisit, WebDesk } from "./web-desk.ts";
import { errorAnswer } from "./web-pages.ts";
import { type Session, type Tokens, tokensFrom } from "./web-session.ts";

const home: Answer = { type: "go", to: "/" };

/** The button "Refresh tokens". */
export async function refresh(desk: WebDesk, { session }: SignedInVisit): Promise<Answer> {
  if (!session.tokens.refreshToken) {
    session.notice = "The identity provider gave this application no refresh token.";
    return home;
  }
  try {
    const tokens = await refreshTokens(desk, session);
    session.notice = `New tokens arrived on ${describeDate(tokens.receivedAt)}.`;
    return home;
  } catch (error) {
    if (!(error instanceof ResponseBodyError && error.error === "invalid_grant")) throw error;
    // The identity provider has ended what the tokens stood for: so does the application.
    desk.memory.sessions.remove(session.id);
    return errorAnswer(undefined, error);
  }
}

/** The button "Call userinfo". */
export async function callUserinfo(desk: WebDesk, { session }: SignedInVisit): Promise<Answer> {
  try {
    const configuration = await desk.provider();
    session.userinfo = await fetchUserInfo(configuration, session.tokens.accessToken, session.sub);
    session.notice = `Userinfo answered on ${describeDate(new Date())}.`;
  } catch (error) {
    if (!(error instanceof WWWAuthenticateChallengeError)) throw error;
    session.notice = "The access token is not valid any more. Refresh the tokens, then call userinfo again.";
  }
  return home;
}

/**
 * Each refresh token is good for one use, and a second use looks like theft to the identity provider, which
 * then ends everything. So a request that comes while a refresh is under way waits for it.
 */
function refreshTokens(desk: WebDesk, session: Session): Promise<Tokens> {
  session.refreshing ??= exchangeRefreshToken(desk, session).finally(() => {
    session.refreshing = undefined;
  });
  return session.refreshing;
}

async function exchangeRefreshToken(desk: WebDesk, session: Session): Promise<Tokens> {
  const answer = await refreshTokenGrant(await desk.provider(), session.tokens.refreshToken ?? "");
  const tokens = tokensFrom(answer, session.tokens);
  // OpenID Connect Core, section 12.2: a refresh never turns one person into another.
  if (tokens.claims.sub !== session.sub) throw new Error("the new ID token is about another person");
  session.tokens = tokens;
  return tokens;
}
