import { createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { Configuration, ServerMetadata } from "openid-client";
import { BoundedMap } from "./bounded-map.ts";

/** Whose sessions end: one session (`sid`), or all sessions of a person (`sub`), or both named. */
export interface EndedSession {
  readonly sid: string | undefined;
  readonly sub: string | undefined;
}

export type LogoutTokenVerifier = (logoutToken: string) => Promise<EndedSession>;

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout";
const maxAgeSeconds = 5 * 60;
const clockToleranceSeconds = 30;

/** All checks of OpenID Connect Back-Channel Logout 1.0, section 2.6. Throws when one of them fails. */
export function logoutTokenVerifier(provider: () => Promise<Configuration>): LogoutTokenVerifier {
  // A token is refused for its age after five minutes: until then its number must be remembered.
  const lifetimeMs = (maxAgeSeconds + 2 * clockToleranceSeconds) * 1000;
  const seen = new BoundedMap<true>({ capacity: 10_000, lifetimeMs });
  let keys: JWTVerifyGetKey | undefined;

  return async (logoutToken) => {
    const configuration = await provider();
    const metadata = configuration.serverMetadata();
    keys ??= createRemoteJWKSet(new URL(metadata.jwks_uri ?? ""));
    const { payload } = await jwtVerify(logoutToken, keys, {
      issuer: metadata.issuer,
      audience: configuration.clientMetadata().client_id,
      algorithms: signatureAlgorithms(metadata),
      typ: "logout+jwt",
      maxTokenAge: maxAgeSeconds,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ["iss", "aud", "iat", "exp", "jti", "events"],
    });
    const ended = endedSession(payload);
    refuseReplay(seen, payload.jti);
    return ended;
  };
}

// Only signatures that need the provider's private key: never "none", never one made with a shared secret.
function signatureAlgorithms(metadata: ServerMetadata): string[] {
  const supported = metadata.id_token_signing_alg_values_supported ?? ["RS256"];
  return supported.filter((algorithm) => /^(RS|PS|ES|Ed)/.test(algorithm));
}

function endedSession(payload: JWTPayload): EndedSession {
  const { events, sub, sid } = payload;
  if (!isObject(events) || !isObject(events[logoutEvent])) throw new Error("this is not a logout token");
  // A nonce would make it an ID token: one kind of token must not pass for the other.
  if ("nonce" in payload) throw new Error("a logout token has no nonce");
  if (sid !== undefined && typeof sid !== "string") throw new Error("the session identifier is no text");
  if (sid === undefined && sub === undefined)
    throw new Error("the token names neither a session nor a person");
  return { sid, sub };
}

function refuseReplay(seen: BoundedMap<true>, jti: string | undefined): void {
  if (typeof jti !== "string" || jti === "") throw new Error("the token has no number");
  if (seen.find(jti)) throw new Error("the token was used before");
  seen.put(jti, true);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
