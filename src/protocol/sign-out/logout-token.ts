import { constants, createPrivateKey, sign, type SignKeyObjectInput, type webcrypto } from "node:crypto";
import type { SigningAlgorithm } from "../../domain/applications/application-settings.ts";
import { SIGNING_ALGORITHMS } from "../../domain/applications/application-settings.ts";
import { randomId } from "../../kernel/random.ts";
import type { SigningJwk } from "../keys/signing-key.ts";

/** What a logout token says (OpenID Connect Back-Channel Logout 1.0 section 2.4). */
interface LogoutClaims {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  readonly sid: string;
  /** Seconds since 1970. */
  readonly at: number;
}

const EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** How long a token can be used: it is made for one delivery. */
const LIFE_SECONDS = 120;

/**
 * A signed logout token. Made without oidc-provider, so that a process without a web server can tell of a sign-out too.
 */
export function logoutToken(key: SigningJwk, { issuer, audience, subject, sid, at }: LogoutClaims): string {
  const header = { alg: key.alg, typ: "logout+jwt", kid: key.kid };
  const payload = {
    iss: issuer,
    aud: audience,
    sub: subject,
    sid,
    iat: at,
    exp: at + LIFE_SECONDS,
    jti: randomId(),
    events: { [EVENT]: {} },
  };
  const signed = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  return [...signed, signature(signed.join("."), key).toString("base64url")].join(".");
}

/** RFC 7518 sections 3.3 to 3.5, RFC 8037 section 3.1. */
function signature(text: string, key: SigningJwk): Buffer {
  const algorithm = SIGNING_ALGORITHMS.find((known) => known === key.alg);
  if (algorithm === undefined) {
    throw new Error(`Nothing is signed with ${key.alg}.`);
  }
  // The same JWK for two libraries, whose types differ in what may be undefined.
  const jwk = JSON.parse(JSON.stringify(key)) as webcrypto.JsonWebKey;
  const input = createPrivateKey({ key: jwk, format: "jwk" });
  const { hash, options } = HOW[algorithm];
  return sign(hash, Buffer.from(text), { key: input, ...options });
}

const HOW: Record<SigningAlgorithm, { hash: "sha256" | null; options: Omit<SignKeyObjectInput, "key"> }> = {
  ES256: { hash: "sha256", options: { dsaEncoding: "ieee-p1363" } },
  RS256: { hash: "sha256", options: { padding: constants.RSA_PKCS1_PADDING } },
  PS256: {
    hash: "sha256",
    options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
  },
  EdDSA: { hash: null, options: {} },
};
