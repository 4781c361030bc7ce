import type { Client, Grant, Provider } from "oidc-provider";
import { claimsOfScope } from "./claims.ts";

/**
 * Which of the released claims (claims.ts) an ID token has: those that the request named, or all of them where the application is set
 * to that. Decided here for codes, refresh tokens and devices alike.
 */
export function chooseClaims(provider: Provider): void {
  // oidc-provider would keep a consent of its own for each named claim. Ours is for scopes, so a claim is as granted as its scope is.
  Object.defineProperty(provider.Grant.prototype, "getOIDCClaims", {
    value(this: Pick<Grant, "openid">) {
      return [...claimsOfScope(this.openid?.scope ?? "")];
    },
  });
  // The library's setting for claims in the ID token is for all clients at once.
  class IdToken extends provider.IdToken {
    override async payload() {
      return isReadAlone(this.client)
        ? { ...(await released(provider, this)), ...this.extra }
        : super.payload();
    }
  }
  Object.defineProperty(provider, "IdToken", { value: IdToken });
}

const isReadAlone = (client: Client): boolean => client["urn:vestibule:id_token_claims"] === true;

function released(
  provider: Provider,
  { available, client }: Pick<InstanceType<Provider["IdToken"]>, "available" | "client">,
) {
  const claims = new provider.Claims(available, { client });
  claims.mask(Object.fromEntries(Object.keys(available).map((name) => [name, null])));
  return claims.result();
}
