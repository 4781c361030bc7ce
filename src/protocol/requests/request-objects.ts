import type { Client, KoaContextWithOIDC } from "oidc-provider";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { errors } from "../library.ts";
import { jwtPayload } from "./jwt-payload.ts";

type Claims = Readonly<Record<string, unknown>>;

/** Allowed algorithms of request objects: not RS256, and none with a shared secret. */
export const REQUEST_OBJECT_ALGORITHMS = ["ES256", "PS256", "EdDSA"] as const;

/** FAPI 2.0 Message Signing section 5.3.1: a request object is short-lived. */
const MAX_LIFETIME_SECONDS = 60 * 60;

/** The clock tolerance with which oidc-provider accepts an expired object. */
const SKEW_SECONDS = 60;

/**
 * Checks of a request object (RFC 9101) that oidc-provider does not make: which client may send one, and how long it is
 * valid. A pushed request, which the library stores as a request object too, was checked when it was pushed.
 */
export function checkRequestObject() {
  return (ctx: KoaContextWithOIDC, claims: Claims, _header: Claims, client: Client): void => {
    if (ctx.oidc.entities.PushedAuthorizationRequest !== undefined) {
      return;
    }
    if (client["urn:vestibule:signed_requests"] !== true) {
      throw new errors.RequestNotSupported();
    }
    const { iss, aud, exp, nbf } = claims;
    const seconds = epochSeconds(now());
    const audience: unknown[] = Array.isArray(aud) ? aud : [aud];
    if (iss !== client.clientId || !audience.includes(ctx.oidc.issuer)) {
      throw new errors.InvalidRequestObject("the object must say who made it and that it is for this issuer");
    }
    if (nbf === undefined && client["urn:vestibule:fapi"] === true) {
      throw new errors.InvalidRequestObject("the object must say when it begins (nbf)");
    }
    const begins = typeof nbf === "number" ? Math.min(nbf, seconds) : seconds;
    if (typeof exp !== "number" || exp - begins > MAX_LIFETIME_SECONDS) {
      throw new errors.InvalidRequestObject("the object must end within an hour");
    }
    if (seconds - begins > MAX_LIFETIME_SECONDS) {
      throw new errors.InvalidRequestObject("the object is older than an hour");
    }
  };
}

/**
 * Refuses an object whose `jti` was seen before (replay). Runs after the signature was verified, or an attacker could use
 * up the names of another application. `object` is the JWT as it was sent.
 */
export async function refuseReplay({ oidc }: KoaContextWithOIDC, object: string): Promise<void> {
  const { iss, jti, exp } = jwtPayload(object);
  if (typeof iss !== "string" || typeof jti !== "string" || typeof exp !== "number") {
    return;
  }
  // A prefix, because a client assertion may have the same `jti`.
  const isNew = await oidc.provider.ReplayDetection.unique(
    `request object of ${iss} `,
    jti,
    exp + SKEW_SECONDS,
  );
  if (!isNew) {
    throw new errors.InvalidRequestObject("the object was sent before: give each a jti of its own");
  }
}
