import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { refuseOldSignIn } from "./fresh-sign-in.ts";
import { scope } from "./identity-provider.ts";
import type { Answer, Visit, WebDesk } from "./web-desk.ts";
import { messagePage } from "./web-pages.ts";
import { newSession, type SignInAttempt, type Tokens, tokensFrom } from "./web-session.ts";

/** Sends the browser to the identity provider. */
export async function startSignIn(desk: WebDesk, visit: Visit): Promise<Answer> {
  const configuration = await desk.provider();
  const state = randomState();
  const attempt: SignInAttempt = {
    browserId: visit.browserId,
    nonce: randomNonce(),
    codeVerifier: randomPKCECodeVerifier(),
    startedAt: new Date(),
    prompt: promptOf(visit.query),
  };
  desk.memory.signIns.put(state, attempt);
  const address = buildAuthorizationUrl(configuration, {
    redirect_uri: desk.addresses.redirectUri,
    scope,
    state,
    nonce: attempt.nonce,
    code_challenge: await calculatePKCECodeChallenge(attempt.codeVerifier),
    code_challenge_method: "S256",
    ...(attempt.prompt && { prompt: attempt.prompt }),
  });
  return { type: "go", to: address.href };
}

/**
 * Takes the browser back from the identity provider and starts a session. Throws what the identity provider
 * refused.
 */
export async function finishSignIn(desk: WebDesk, visit: Visit): Promise<Answer> {
  const state = visit.query.get("state") ?? "";
  const attempt = desk.memory.signIns.find(state);
  // Another browser's attempt is left alone: a stranger with the address must not be able to spend it.
  if (!attempt || attempt.browserId !== visit.browserId) return unknownAttempt();
  desk.memory.signIns.remove(state);
  const session = newSession(await redeemCode(desk, visit, { attempt, state }));
  session.userinfo = await userinfoIfPossible(desk, session.tokens);
  // Its refresh token is only forgotten: to hand it back could end the grant that the new tokens share with it.
  if (visit.session) desk.memory.sessions.remove(visit.session.id);
  desk.memory.sessions.put(session.id, session);
  return { type: "go", to: "/", session };
}

async function redeemCode(desk: WebDesk, visit: Visit, started: { attempt: SignInAttempt; state: string }) {
  const { attempt, state } = started;
  // The registered address, never the Host header, which any client can choose.
  const currentUrl = new URL(`${desk.addresses.redirectUri}?${visit.query.toString()}`);
  const answer = await authorizationCodeGrant(await desk.provider(), currentUrl, {
    expectedState: state,
    expectedNonce: attempt.nonce,
    pkceCodeVerifier: attempt.codeVerifier,
    idTokenExpected: true,
  });
  const tokens = tokensFrom(answer);
  if (attempt.prompt === "login") refuseOldSignIn(tokens.claims, attempt.startedAt);
  return tokens;
}

async function userinfoIfPossible(desk: WebDesk, tokens: Tokens) {
  try {
    return await fetchUserInfo(await desk.provider(), tokens.accessToken, tokens.claims.sub);
  } catch {
    // The ID token alone is enough to be signed in; the page then shows what it says.
    return undefined;
  }
}

function promptOf(query: URLSearchParams): SignInAttempt["prompt"] {
  const prompt = query.get("prompt");
  return prompt === "login" || prompt === "none" ? prompt : undefined;
}

function unknownAttempt(): Answer {
  const page = messagePage({
    title: "This sign-in was not started here",
    text: "It is finished already, too old, or was started in another browser.",
    action: "Try again",
  });
  return { type: "page", status: 400, page };
}
