import type { Client, KoaContextWithOIDC } from "oidc-provider";
import { errors } from "../library.ts";

type Params = Readonly<Record<string, unknown>>;

/**
 * Whether a request has a nonce that can stand for PKCE: a code that an attacker injects then fails at the comparison with the ID
 * token, so there has to be one (RFC 9700 section 2.1.1).
 */
const hasNonce = (params: Params): boolean =>
  isText(params["nonce"]) && isText(params["scope"]) && params["scope"].split(" ").includes("openid");

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** Whether neither PKCE nor a nonce binds the code to the browser that asked for it. */
export const isUnbound = (params: Params): boolean => !isText(params["code_challenge"]) && !hasNonce(params);

/**
 * For oidc-provider's `pkce.required`. A confidential application may send a nonce instead. A public one may not: nothing but the
 * verifier proves there that the code is its own. What was sent has to be proved: the library refuses a code with a challenge without
 * its verifier, and a verifier without a challenge, which is a downgrade (RFC 9700 section 4.8.2).
 */
export function requiresChallenge({ oidc }: KoaContextWithOIDC, client: Client): boolean {
  if (client["urn:vestibule:without_pkce"] === true) {
    return false;
  }
  if (client["urn:vestibule:fapi"] === true || client.clientAuthMethod === "none") {
    throw new errors.InvalidRequest(CHALLENGE_NEEDED);
  }
  if (!hasNonce(oidc.params ?? {})) {
    throw new errors.InvalidRequest(CHALLENGE_OR_NONCE_NEEDED);
  }
  return false;
}

const CHALLENGE = "code_challenge with code_challenge_method=S256 (PKCE, RFC 7636)";

const CHALLENGE_NEEDED = `code_challenge is missing: send ${CHALLENGE}, and code_verifier at the token endpoint`;

const CHALLENGE_OR_NONCE_NEEDED =
  `code_challenge or nonce is missing: switch PKCE on in the application, so that it sends ${CHALLENGE}, or let it send a nonce ` +
  "with the scope openid; for one that can do neither there is an exception: npx vestibule app edit CLIENT_ID --without-pkce";
