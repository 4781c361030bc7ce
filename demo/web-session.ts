import { createHash, randomBytes } from "node:crypto";
import type { IDToken, TokenEndpointResponse, TokenEndpointResponseHelpers } from "openid-client";
import { BoundedMap } from "./bounded-map.ts";
import type { Claims } from "./describe-claims.ts";

export interface Tokens {
  readonly idToken: string;
  readonly claims: IDToken;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly receivedAt: Date;
  readonly expiresAt: Date | undefined;
}

/** One browser that is signed in to this application. It lives in memory; the browser only holds the id. */
export interface Session {
  readonly id: string;
  /** Comes back with every form, so that another site cannot send one in the name of the person. */
  readonly csrf: string;
  readonly sub: string;
  /** The session at the identity provider, which a back-channel logout names. */
  readonly sid: string | undefined;
  tokens: Tokens;
  userinfo: Claims | undefined;
  /** Shown once, on the next page. */
  notice: string | undefined;
  /** A refresh that is under way: see `refreshTokens`. */
  refreshing: Promise<Tokens> | undefined;
}

/** What is remembered between leaving for the identity provider and coming back. */
export interface SignInAttempt {
  /** The browser that left: only the same one may come back. */
  readonly browserId: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly startedAt: Date;
  readonly prompt: "login" | "none" | undefined;
}

export interface WebMemory {
  readonly sessions: BoundedMap<Session>;
  readonly signIns: BoundedMap<SignInAttempt>;
  /** From the `state` of a sign-out everywhere to the browser that asked for it. */
  readonly signOuts: BoundedMap<string>;
}

const minute = 60_000;

export function webMemory(): WebMemory {
  return {
    sessions: new BoundedMap({ capacity: 1000, lifetimeMs: 8 * 60 * minute }),
    signIns: new BoundedMap({ capacity: 1000, lifetimeMs: 60 * minute }),
    signOuts: new BoundedMap({ capacity: 1000, lifetimeMs: 60 * minute }),
  };
}

export function randomId(): string {
  return randomBytes(32).toString("base64url");
}

/** A new session with a new id: one that an attacker planted before the sign-in is worth nothing. */
export function newSession(tokens: Tokens): Session {
  const sid = tokens.claims["sid"];
  return {
    id: randomId(),
    csrf: randomId(),
    sub: tokens.claims.sub,
    sid: typeof sid === "string" ? sid : undefined,
    tokens,
    userinfo: undefined,
    notice: undefined,
    refreshing: undefined,
  };
}

export function tokensFrom(
  answer: TokenEndpointResponse & TokenEndpointResponseHelpers,
  before?: Tokens,
): Tokens {
  const seconds = answer.expiresIn();
  const receivedAt = new Date();
  // A refresh may leave the ID token and the refresh token as they are.
  const claims = answer.claims() ?? before?.claims;
  const idToken = answer.id_token ?? before?.idToken;
  if (!claims || !idToken) throw new Error("the identity provider sent no ID token");
  return {
    idToken,
    claims,
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? before?.refreshToken,
    receivedAt,
    expiresAt: seconds === undefined ? undefined : new Date(receivedAt.getTime() + seconds * 1000),
  };
}

/** Lets a person see that a token changed without showing it to the person behind them. */
export function fingerprint(token: string): string {
  return createHash("sha256").update(token).digest("hex").slice(0, 8);
}
