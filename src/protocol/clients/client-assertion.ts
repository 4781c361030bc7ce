import type { Client, KoaContextWithOIDC } from "oidc-provider";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { errors } from "../library.ts";

type Claims = Readonly<Record<string, unknown>>;

/** RFC 7523 section 3, point 4: an assertion that is valid for days is as good as a password. */
const MAX_LIFETIME_SECONDS = 60 * 60;

/** Clock skew of a client: 10 seconds must be accepted, 60 must not (FAPI 2.0 section 5.3.2.1 point 13). */
const MAX_SKEW_SECONDS = 30;

/**
 * Checks of a client assertion that oidc-provider does not make. FAPI 2.0 (section 5.3.2.1 points 8 and 11, section
 * 5.4.1): the issuer is the only audience, and RS256 is not allowed.
 */
export function checkAssertion() {
  return (ctx: KoaContextWithOIDC, claims: Claims, header: Claims, client: Client): void => {
    const { exp, iat, aud } = claims;
    const seconds = epochSeconds(now());
    if (typeof exp !== "number" || exp - seconds > MAX_LIFETIME_SECONDS) {
      throw new errors.InvalidClientAuth("the assertion must end within an hour");
    }
    if (typeof iat === "number" && iat - seconds > MAX_SKEW_SECONDS) {
      throw new errors.InvalidClientAuth("the assertion was made in the future");
    }
    if (client["urn:vestibule:fapi"] !== true) {
      return;
    }
    if (aud !== ctx.oidc.issuer) {
      throw new errors.InvalidClientAuth("the audience must be the issuer, as one string");
    }
    if (header["alg"] === "RS256") {
      throw new errors.InvalidClientAuth("RS256 is not taken of this application");
    }
  };
}
