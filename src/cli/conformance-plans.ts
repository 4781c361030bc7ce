import { generateKeyPairSync } from "node:crypto";
import { z } from "zod";
import { randomToken } from "../kernel/random.ts";

/** The plans of the OpenID Foundation's suite that `app import` knows. */
export const CONFORMANCE_PLANS = [
  "basic",
  "form-post",
  "config",
  "rp-logout",
  "back-channel",
  "fapi2",
  "fapi2-signing",
] as const;
export type ConformancePlan = (typeof CONFORMANCE_PLANS)[number];

/** The members of the suite's configuration that hold a client. */
export type ClientMember = "client" | "client2" | "client_secret_post";

const jwk = z.record(z.string(), z.unknown());
type Jwk = z.output<typeof jwk>;

export const suiteClientSchema = z.looseObject({
  jwks: z.object({ keys: z.array(jwk) }).optional(),
});
export type SuiteClient = z.output<typeof suiteClientSchema>;

/** The clients that a plan signs in with. */
export function membersOf(plan: ConformancePlan): readonly ClientMember[] {
  switch (plan) {
    case "config":
      return [];
    case "basic":
    case "form-post":
      return ["client", "client2", "client_secret_post"];
    case "rp-logout":
    case "back-channel":
      return ["client"];
    case "fapi2":
    case "fapi2-signing":
      return ["client", "client2"];
  }
}

export const isFapi = (plan: ConformancePlan): boolean => plan === "fapi2" || plan === "fapi2-signing";

/** What the suite needs to know of a client besides its registration: for FAPI 2.0 the private keys and the scope. */
export function suiteClientOf(plan: ConformancePlan, given: SuiteClient | undefined): SuiteClient {
  if (!isFapi(plan)) {
    return given ?? {};
  }
  return {
    scope: "openid profile email offline_access",
    ...given,
    jwks: given?.jwks ?? { keys: [newKey()] },
  };
}

/** The suite wants PS256, ES256 or EdDSA (FAPI 2.0 Security Profile 5.4.1). */
function newKey(): Jwk {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig", kid: randomToken(12) };
}

/** The suite adds this to the second address, to test whether the two are distinguished. */
const SECOND_QUERY = "?dummy1=lorem&dummy2=ipsum";

/** The registration that a plan needs as it is, with the suite's addresses below `base`. */
export function draftOf(
  plan: ConformancePlan,
  member: ClientMember,
  base: string,
  { jwks }: SuiteClient,
): Record<string, unknown> {
  const common = { type: "web", firstParty: true, redirectUris: [`${base}/callback`] };
  switch (plan) {
    case "config":
    case "basic":
    case "form-post":
      return { ...common, withoutPkce: true };
    case "rp-logout":
      return { ...common, withoutPkce: true, postLogoutRedirectUris: [`${base}/post_logout_redirect`] };
    case "back-channel":
      return {
        ...common,
        withoutPkce: true,
        postLogoutRedirectUris: [`${base}/post_logout_redirect`],
        backchannelLogoutUri: `${base}/backchannel_logout`,
      };
    case "fapi2":
    case "fapi2-signing":
      return {
        ...common,
        redirectUris: [`${base}/callback${member === "client2" ? SECOND_QUERY : ""}`],
        fapi: true,
        authentication: "private_key_jwt",
        jwks: { keys: jwks?.keys.map(publicHalf) ?? [] },
        signedRequests: plan === "fapi2-signing",
      };
  }
}

/** The suite's file has private keys too; only the public keys may be stored. */
function publicHalf(key: Jwk): Jwk {
  const isPublic = ["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use"];
  return Object.fromEntries(Object.entries(key).filter(([member]) => isPublic.includes(member)));
}
