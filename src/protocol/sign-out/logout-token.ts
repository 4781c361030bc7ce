import { SignJWT } from "jose";
import { randomId } from "../../kernel/random.ts";
import type { SigningJwk } from "../keys/signing-key.ts";

/** The content of a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.4). */
interface LogoutClaims {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  readonly sid: string;
  /** Seconds since 1970. */
  readonly at: number;
}

const EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** Lifetime of a token: each is for one delivery. */
const LIFE_SECONDS = 120;

/** A signed logout token. It needs no oidc-provider, so that a worker, which has no web server, can notify applications too. */
export function logoutToken(
  key: SigningJwk,
  { issuer, audience, subject, sid, at }: LogoutClaims,
): Promise<string> {
  return new SignJWT({ sid, events: { [EVENT]: {} } })
    .setProtectedHeader({ alg: key.alg, typ: "logout+jwt", kid: key.kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt(at)
    .setExpirationTime(at + LIFE_SECONDS)
    .setJti(randomId())
    .sign(key);
}
