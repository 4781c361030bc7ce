import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
  tokenRevocation,
} from "openid-client";
import type { Claims } from "./describe-claims.ts";
import { refuseOldSignIn } from "./fresh-sign-in.ts";
import { discover, scope } from "./identity-provider.ts";
import { openLoopbackListener } from "./loopback-listener.ts";

type TokenAnswer = TokenEndpointResponse & TokenEndpointResponseHelpers;

export interface MobileSignInOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Shows the address to the person; in an application this opens the system browser. */
  readonly openBrowser: (url: string) => void | Promise<void>;
  readonly prompt?: "login" | "none" | undefined;
  /** Refreshes the tokens once, when there is a refresh token. */
  readonly refresh?: boolean;
  readonly timeoutMs?: number;
}

export interface TokenLifetimes {
  readonly accessTokenSeconds: number | undefined;
  readonly idTokenSeconds: number | undefined;
  readonly hasRefreshToken: boolean;
}

export interface MobileSignInResult {
  readonly claims: Claims;
  readonly tokens: TokenLifetimes;
  /** The tokens after the refresh, if there was one. */
  readonly refreshed: TokenLifetimes | undefined;
}

export const signInTimeoutMs = 5 * 60_000;

/** One whole sign-in: browser, code, tokens, claims. Throws what went wrong; keeps nothing. */
export async function runMobileSignIn(options: MobileSignInOptions): Promise<MobileSignInResult> {
  const { issuer, clientId } = options;
  const configuration = await discover({ issuer, clientId, authentication: None() });
  const startedAt = new Date();
  const answer = await signInWithBrowser(configuration, options);
  const idToken = answer.claims();
  if (!idToken) throw new Error("the identity provider sent no ID token");
  if (options.prompt === "login") refuseOldSignIn(idToken, startedAt);
  const userinfo = await fetchUserInfo(configuration, answer.access_token, idToken.sub);
  const refreshed = options.refresh ? await refreshOnce(configuration, answer, idToken.sub) : undefined;
  await giveBack(configuration, refreshed?.refresh_token ?? answer.refresh_token);
  return {
    claims: { ...userinfo, ...idToken },
    tokens: lifetimes(answer),
    refreshed: refreshed && lifetimes(refreshed),
  };
}

async function signInWithBrowser(
  configuration: Configuration,
  options: MobileSignInOptions,
): Promise<TokenAnswer> {
  const codeVerifier = randomPKCECodeVerifier();
  const state = randomState();
  const nonce = randomNonce();
  const listener = await openLoopbackListener();
  try {
    const address = buildAuthorizationUrl(configuration, {
      redirect_uri: listener.redirectUri,
      scope,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: "S256",
      ...(options.prompt && { prompt: options.prompt }),
    });
    const callback = listener.callback({ state, timeoutMs: options.timeoutMs ?? signInTimeoutMs });
    const [currentUrl] = await Promise.all([callback, options.openBrowser(address.href)]);
    return await authorizationCodeGrant(configuration, currentUrl, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: codeVerifier,
      idTokenExpected: true,
    });
  } finally {
    listener.close();
  }
}

async function refreshOnce(configuration: Configuration, answer: TokenAnswer, sub: string) {
  if (!answer.refresh_token) return undefined;
  const refreshed = await refreshTokenGrant(configuration, answer.refresh_token);
  const newSub = refreshed.claims()?.sub ?? sub;
  if (newSub !== sub) throw new Error("the new ID token is about another person");
  return refreshed;
}

// This program ends and keeps nothing, so no refresh token may stay behind. A real application keeps it in
// the key store of the system, and gives it back when the person signs out.
async function giveBack(configuration: Configuration, refreshToken: string | undefined): Promise<void> {
  if (!refreshToken) return;
  try {
    await tokenRevocation(configuration, refreshToken, { token_type_hint: "refresh_token" });
  } catch {
    // The sign-in itself went well; the token expires by itself.
  }
}

function lifetimes(answer: TokenAnswer): TokenLifetimes {
  const idToken = answer.claims();
  return {
    accessTokenSeconds: answer.expires_in,
    idTokenSeconds: idToken && idToken.exp - idToken.iat,
    hasRefreshToken: answer.refresh_token !== undefined,
  };
}
