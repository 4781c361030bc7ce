import type { Client, KoaContextWithOIDC, Provider } from "oidc-provider";
import { codeOf } from "../../kernel/errors.ts";
import { errors } from "../library.ts";
import { jwtPayload } from "./jwt-payload.ts";

/**
 * Faults that oidc-provider gives the name of another one. A developer would look for an application that is not registered, or for an
 * address that is not, where a hint or a pushed request is wrong. Page, answer and log take the name from here.
 */

/** Faults of the request itself, beside which nothing else in the address counts (RFC 9101 section 6.3). */
const OF_THE_OBJECT: readonly string[] = [
  "invalid_request_uri",
  "request_uri_not_supported",
  "invalid_request_object",
  "request_not_supported",
];

/** Makes `trueFault` work, and says of each wrong `id_token_hint` what is wrong with it. */
export function nameFaults(provider: Provider): void {
  provider.on("authorization.error", ({ state }, error) => {
    state["firstFault"] ??= error;
  });
  const { IdToken } = provider;
  const validate = IdToken.validate.bind(IdToken);
  Object.defineProperty(IdToken, "validate", {
    value: (hint: string, client: Client) =>
      validate(hint, client).catch((error: unknown) => {
        throw hintFault(error);
      }),
  });
}

/** The fault that is to be named instead of `error`; mostly itself. */
export function trueFault({ state }: Pick<KoaContextWithOIDC, "state">, error: unknown): unknown {
  const first: unknown = state["firstFault"];
  if (
    error instanceof errors.InvalidRedirectUri &&
    first instanceof errors.OIDCProviderError &&
    OF_THE_OBJECT.includes(first.error)
  ) {
    // oidc-provider also looks at the redirect_uri beside the object, which is not the one that would be used.
    return first;
  }
  return error instanceof errors.InvalidClient &&
    error.error_description === "unrecognized id_token_hint audience"
    ? new errors.InvalidRequest("id_token_hint was issued to no application that is registered here")
    : error;
}

/** A pushed request belongs to the application that has pushed it (RFC 9126 section 2.2). Throws InvalidRequestUri. */
export function checkPusher(ctx: KoaContextWithOIDC | undefined, pushed: unknown): void {
  const client = ctx?.oidc?.params?.["client_id"];
  if (typeof pushed === "string" && client !== undefined && jwtPayload(pushed)["iss"] !== client) {
    throw new errors.InvalidRequestUri("request_uri was given to another application");
  }
}

function hintFault(cause: unknown): unknown {
  if (cause instanceof errors.OIDCProviderError) {
    return cause;
  }
  return new errors.InvalidRequest(`id_token_hint ${whatIsWrong(cause)}`, undefined, { cause });
}

function whatIsWrong(cause: unknown): string {
  const code = codeOf(cause);
  if (code === "ERR_JWKS_NO_MATCHING_KEY" || code === "ERR_JWS_SIGNATURE_VERIFICATION_FAILED") {
    return "is not signed by a key of this issuer; send an ID token that it has issued";
  }
  return cause instanceof Error && cause.message.startsWith("jwt audience missing")
    ? "was issued to another application; send one of your own"
    : "must be an ID token that this issuer has issued to the application";
}
