import { generateKeyPairSync, randomBytes } from "node:crypto";
import { Provider, type Configuration, type JWK, type KoaContextWithOIDC } from "oidc-provider";
import { CLAIMS } from "../src/protocol/claims.ts";
import { OPAQUE_RESOURCE, REDIRECT_URI, SCOPE } from "./fixtures.ts";
import { MapAdapter } from "./rival-adapter.ts";
import type { Seeded } from "./messages.ts";

/** A user who can sign in at the rival. */
export interface Person {
  readonly id: string;
  readonly username: string;
  /** Of the app; null without one. */
  readonly secret: string | null;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** oidc-provider alone, with the features, lifetimes, cookies and rules that Vestibule gives it, and nothing else. */
export function createRival(seeded: Seeded, people: ReadonlyMap<string, Person>): Provider {
  const provider = new Provider(seeded.issuer, configuration(seeded, people));
  provider.proxy = true;
  return provider;
}

function configuration(
  { web, rotating, keyed, machine, algorithm }: Seeded,
  people: ReadonlyMap<string, Person>,
): Configuration {
  return {
    adapter: MapAdapter,
    clients: [
      ...[web, rotating, keyed].map(({ id, secret }) => ({
        client_id: id,
        client_secret: secret,
        redirect_uris: [REDIRECT_URI],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code" as const],
        scope: SCOPE,
        id_token_signed_response_alg: algorithm as "ES256",
      })),
      {
        client_id: machine.id,
        client_secret: machine.secret,
        redirect_uris: [],
        grant_types: ["client_credentials"],
        response_types: [],
      },
    ],
    jwks: { keys: [signingKey("ES256"), signingKey("RS256")] },
    findAccount: (_ctx, id) => {
      const person = people.get(id);
      return person && { accountId: id, claims: () => claimsOf(person) };
    },
    loadExistingGrant: loadGrant,
    claims: CLAIMS,
    scopes: ["openid", "offline_access", "profile", "email", "phone", "office"],
    acrValues: ["urn:vestibule:acr:1", "urn:vestibule:acr:2"],
    responseTypes: ["code", "none"],
    clientAuthMethods: ["client_secret_basic", "none"],
    enabledJWA: { idTokenSigningAlgValues: ["ES256", "RS256"] },
    pkce: { required: () => true },
    issueRefreshToken: (_ctx, client, code) =>
      Promise.resolve(client.grantTypeAllowed("refresh_token") && code.scopes.has("offline_access")),
    rotateRefreshToken: ({ oidc }) => oidc.client?.clientId === rotating.id,
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    ttl: {
      AuthorizationCode: MINUTE,
      AccessToken: 15 * MINUTE,
      ClientCredentials: 15 * MINUTE,
      IdToken: HOUR,
      Interaction: HOUR,
      Grant: 90 * DAY,
      RefreshToken: 14 * DAY,
      Session: HOUR,
    },
    cookies: cookies(),
    routes: {
      authorization: "/authorize",
      token: "/token",
      userinfo: "/userinfo",
      introspection: "/introspect",
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      revocation: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      backchannelLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => false,
        getResourceServerInfo: (_ctx, identifier) => ({
          scope: "read",
          audience: identifier,
          ...(identifier === OPAQUE_RESOURCE
            ? { accessTokenFormat: "opaque" }
            : { accessTokenFormat: "jwt", jwt: { sign: { alg: algorithm as "ES256" } } }),
        }),
      },
    },
  };
}

function cookies(): Configuration["cookies"] {
  const options = { signed: true, httpOnly: true, sameSite: "lax", secure: true, overwrite: true } as const;
  return {
    keys: [randomBytes(32).toString("base64url")],
    names: {
      session: "__Host-rival-session",
      interaction: "__Secure-rival-interaction",
      resume: "__Secure-rival-resume",
    },
    long: options,
    short: options,
  };
}

/** No consent for an application of one's own, and `offline_access` without it, as Vestibule does both. */
async function loadGrant(ctx: KoaContextWithOIDC) {
  const { client, session, provider, params } = ctx.oidc;
  if (client === undefined || session?.accountId === undefined) {
    return undefined;
  }
  if (params !== undefined) {
    params["scope"] = SCOPE;
  }
  const grantId = session.grantIdFor(client.clientId);
  const found = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  if (found !== undefined) {
    return found;
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope(SCOPE);
  await grant.save();
  return grant;
}

function claimsOf({ id, username }: Person) {
  return {
    sub: id,
    name: username,
    preferred_username: username,
    email: `${username}@bench.example`,
    email_verified: true,
    office: { id, code: "BENCH", name: "Bench & Partners" },
    role: "user",
  };
}

function signingKey(algorithm: "ES256" | "RS256"): JWK {
  const { privateKey } =
    algorithm === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = privateKey.export({ format: "jwk" }) as JWK;
  return { ...jwk, kid: algorithm, alg: algorithm, use: "sig" };
}
