import type { Client, KoaContextWithOIDC } from "oidc-provider";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { errors } from "../library.ts";
import { jwtPayload } from "./jwt-payload.ts";

type Claims = Readonly<Record<string, unknown>>;

/** What request objects may be signed with: no RS256, and nothing that a secret could make. */
export const REQUEST_OBJECT_ALGORITHMS = ["ES256", "PS256", "EdDSA"] as const;

/** FAPI 2.0 Message Signing section 5.3.1: a request is for now. */
const LONGEST_SECONDS = 60 * 60;

/** As long as oidc-provider may take an object after its end. */
const SKEW_SECONDS = 60;

/**
 * What oidc-provider leaves open of a request object (RFC 9101): who may send one, and for how long it is good. A pushed
 * request, which the library keeps as an object of its own, has been judged when it was pushed.
 */
export function judgeRequestObject() {
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
    if (typeof exp !== "number" || exp - begins > LONGEST_SECONDS) {
      throw new errors.InvalidRequestObject("the object must end within an hour");
    }
    if (seconds - begins > LONGEST_SECONDS) {
      throw new errors.InvalidRequestObject("the object is older than an hour");
    }
  };
}

/**
 * Refuses an object that was seen before, of an application that gives each a name of its own (`jti`). Runs when its
 * signature is known to be right: else anybody could use up names. `object`: as it was sent.
 */
export async function refuseReplay({ oidc }: KoaContextWithOIDC, object: string): Promise<void> {
  const { iss, jti, exp } = jwtPayload(object);
  if (typeof iss !== "string" || typeof jti !== "string" || typeof exp !== "number") {
    return;
  }
  // Assertions have names of their own: one of each may be called the same.
  const isNew = await oidc.provider.ReplayDetection.unique(
    `request object of ${iss} `,
    jti,
    exp + SKEW_SECONDS,
  );
  if (!isNew) {
    throw new errors.InvalidRequestObject("the object was sent before: give each a jti of its own");
  }
}
