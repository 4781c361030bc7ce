import { takeLibraryNotices } from "./library-notices.ts";
import type { Client, Configuration, KoaContextWithOIDC } from "oidc-provider";
import { Provider } from "./library.ts";
import type { Secrets } from "../platform/secrets/secrets-file.ts";
import type { KeyedHash } from "../kernel/secret.ts";
import { LANGUAGE_CODES } from "../kernel/languages.ts";
import type { Log } from "../kernel/log.ts";
import {
  DEFAULT_ALGORITHM,
  SCOPES,
  SIGNING_ALGORITHMS,
} from "../domain/applications/application-settings.ts";
import { apiResource } from "../domain/applications/own-application.ts";
import type { ApplicationService } from "../domain/applications/application-service.ts";
import { ROUTES } from "./addresses.ts";
import { createAdapter } from "./models/adapter.ts";
import { ACR, CLAIMS, claimsOfSignIn } from "./claims.ts";
import { chooseClaims } from "./claim-choice.ts";
import { cookieSettings } from "./cookie-settings.ts";
import { checkAssertion } from "./clients/client-assertion.ts";
import { EXTRA_METADATA, originsOf } from "./clients/client-metadata.ts";
import { createSecretCheck } from "./clients/client-secret.ts";
import { findAccount } from "./find-account.ts";
import { loadGrant } from "./models/grants.ts";
import { createInteractionPolicy, OTHER_USER } from "./requests/interaction-policy.ts";
import { requiresChallenge } from "./requests/code-binding.ts";
import { errorAnswer } from "./answer-error.ts";
import type { OidcPages } from "./oidc-pages.ts";
import { oidcFeatures } from "./features.ts";
import { lifetimes, type LifetimeSettings } from "./lifetimes.ts";
import { ResourceServers } from "./clients/resource-servers.ts";
import { outgoingFetch } from "./clients/outgoing-fetch.ts";
import { clientSubject } from "./keys/pairwise.ts";
import { REQUEST_OBJECT_ALGORITHMS } from "./requests/request-objects.ts";
import { PROMPT_VALUES, readRequest } from "./requests/request-parameters.ts";
import { createRotation } from "./refresh-tokens.ts";
import type { RunningKeys } from "./keys/running-keys.ts";
import { limitedWarnings } from "./requests/limited-warnings.ts";
import { takeMissingParameters } from "./requests/missing-parameters.ts";
import { checkScopes } from "./requests/requested-scopes.ts";
import { compareNormalForms } from "./requests/return-addresses.ts";
import { consentNote } from "./expired-page-return.ts";
import { takeTestAddresses } from "./requests/test-address.ts";
import { nameFaults } from "./requests/true-fault.ts";
import { makeIdsAtHome } from "./models/model-ids.ts";
import { currentWork } from "./models/unit-of-work.ts";

/**
 * The protocol: OpenID Connect by oidc-provider. This layer owns the library's settings, its storage, keys, claims and clients.
 * Screens meet it only through `interactions.ts` and a few files like it, and the domain does not know it at all.
 * Start here, then `interactions.ts`.
 */

interface ProviderSettings {
  readonly issuer: string;
  readonly production: boolean;
  readonly deviceFlow: boolean;
  readonly lifetimes: LifetimeSettings;
  /** Hosts of applications that may have private addresses. */
  readonly outgoingAllowedHosts: readonly string[];
}

export interface ProviderDeps extends Pick<
  Parameters<typeof createAdapter>[0],
  "store" | "applications" | "hash" | "userCodes"
> {
  readonly settings: ProviderSettings;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly keys: RunningKeys;
  readonly pages: OidcPages;
  readonly accounts: Parameters<typeof findAccount>[0];
  readonly applicationService: ApplicationService;
  readonly secretGuard: Parameters<typeof createSecretCheck>[0]["guard"];
}

/** oidc-provider, configured. It is the Koa application; `app.ts` puts our middleware before its own. */
export function createProvider(deps: ProviderDeps): Provider {
  const provider = new Provider(deps.settings.issuer, configuration(deps));
  // Secrets are stored as hashes, so oidc-provider's own comparison cannot work.
  const check = createSecretCheck({
    applications: deps.applications,
    service: deps.applicationService,
    guard: deps.secretGuard,
  });
  Object.defineProperty(provider.Client.prototype, "compareClientSecret", {
    value(this: Client, typed: string) {
      return check(this.clientId, typed, Provider.ctx);
    },
  });
  // No page waits for an application: a job notifies it, stored in the same transaction as the end of the session.
  Object.defineProperty(provider.Client.prototype, "backchannelLogout", {
    value(this: Client, accountId: string, sid: string) {
      currentWork()?.notifySignedOut({ applicationId: this.clientId, accountId, sid });
      return Promise.resolve();
    },
  });
  makeIdsAtHome(provider);
  chooseClaims(provider);
  deps.keys.attach(provider);
  // Every ID token names its session: it is the hint by which an application may end that session and no other (session-hint.ts).
  Object.defineProperty(provider.Client.prototype, "includeSid", { value: () => true });
  compareNormalForms(provider, { isDevelopment: !deps.settings.production });
  takeTestAddresses(provider);
  nameFaults(provider);
  takeMissingParameters(provider);
  takeLibraryNotices().forEach((notice) => {
    deps.log.debug(notice);
  });
  return provider;
}

function configuration(deps: ProviderDeps): Configuration {
  const { settings } = deps;
  return {
    adapter: createAdapter({ ...deps, hasDeviceFlow: settings.deviceFlow }),
    jwks: { keys: [...deps.keys.jwks] },
    findAccount: findAccount(deps.accounts),
    loadExistingGrant: loadGrant,
    claims: CLAIMS,
    scopes: [...SCOPES],
    ...ABOUT_SIGN_INS,
    responseTypes: ["code", "none"],
    ...subjects(deps),
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    clientDefaults: { id_token_signed_response_alg: DEFAULT_ALGORITHM },
    enabledJWA: {
      idTokenSigningAlgValues: [...SIGNING_ALGORITHMS],
      userinfoSigningAlgValues: [...SIGNING_ALGORITHMS],
      clientAuthSigningAlgValues: [...SIGNING_ALGORITHMS],
      dPoPSigningAlgValues: ["ES256", "PS256", "EdDSA"],
      requestObjectSigningAlgValues: [...REQUEST_OBJECT_ALGORITHMS],
    },
    assertJwtClientAuthClaimsAndHeader: checkAssertion(),
    extraClientMetadata: { properties: EXTRA_METADATA },
    // Required by OpenID Connect Core 1.0 section 3.1.2.1; otherwise a request with two addresses would be answered at the registered one.
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: requiresChallenge },
    issueRefreshToken: (_ctx, client, code) =>
      Promise.resolve(client.grantTypeAllowed("refresh_token") && code.scopes.has("offline_access")),
    rotateRefreshToken: createRotation(settings.lifetimes),
    clientBasedCORS: (_ctx, origin, client) => originsOf(client).includes(origin),
    interactions: { url: interactionUrl(deps.hash), policy: createInteractionPolicy(deps.hash) },
    ttl: lifetimes(settings.lifetimes),
    cookies: cookieSettings(settings.issuer, deps.secrets),
    routes: ROUTES,
    discovery: { ui_locales_supported: [...LANGUAGE_CODES], prompt_values_supported: [...PROMPT_VALUES] },
    fetch: outgoingFetch(settings.outgoingAllowedHosts),
    renderError: errorAnswer(deps),
    ...parametersAndFeatures(deps),
  };
}

/** Which classes of sign-in there are, and which tokens tell how a user signed in. */
const ABOUT_SIGN_INS = { acrValues: Object.values(ACR), extraTokenClaims: claimsOfSignIn };

/** Each of our own parameters has a check, which runs for every authorization request; `resources` reads `audience`. */
function parametersAndFeatures(deps: ProviderDeps): Partial<Configuration> {
  const log = limitedWarnings(deps.log);
  const resources = new ResourceServers({ ...deps, log, api: apiResource(deps.settings.issuer) });
  return {
    extraParams: { office: readRequest, audience: checkScopes({ resources, log }) },
    features: oidcFeatures({ ...deps, resources, log }),
  };
}

/** The `sub` of a user, public or pairwise. */
function subjects({ hash }: ProviderDeps): Partial<Configuration> {
  return {
    subjectTypes: ["public", "pairwise"],
    pairwiseIdentifier: (_ctx, accountId, client) => clientSubject(hash, client, accountId),
    // Checked at registration (sector-check.ts).
    sectorIdentifierUriValidate: () => false,
  };
}

interface Begun {
  readonly uid: string;
  readonly prompt: { readonly name: string };
  readonly params: Readonly<Record<string, unknown>>;
}

/** Where the pages of an interaction begin; the path of its cookie: a sign-in and a consent do not see each other's. */
const interactionUrl =
  (hash: KeyedHash) =>
  (_ctx: KoaContextWithOIDC, { uid, prompt, params }: Begun): string => {
    switch (prompt.name) {
      case "consent":
        return `/interaction/${uid}/consent?back=${consentNote(hash, uid, String(params["client_id"]))}`;
      case OTHER_USER:
        return `/interaction/${uid}/other-user`;
      default:
        return `/interaction/${uid}`;
    }
  };
