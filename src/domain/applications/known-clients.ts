import type { ApplicationSettings } from "./application-settings.ts";
import { rulesOf, type ApplicationType } from "./application-types.ts";

/** What a client that is widely used wants of its registration, so that it works with its own defaults. */
export interface KnownClient {
  /** As the operator names it. */
  readonly name: string;
  readonly title: string;
  readonly type: ApplicationType;
  /** Paths below the address at which it runs; without one the operator chooses the address. */
  readonly redirectPath?: string;
  /** Where its paths also begin, depending on the server that it runs on. */
  readonly orBelow?: string;
  readonly signedOutPath?: string;
  readonly backchannelPath?: string;
  /** Settings that it needs besides its addresses. */
  readonly settings?: Partial<ApplicationSettings>;
  /** Set where the client accepts ID tokens of this algorithm only, unless it is configured otherwise. */
  readonly algorithm?: "RS256";
  /** What to set on the client's side, and why. */
  readonly note?: string;
  /** The language of its snippet, which is the file of its name in views/snippets. */
  readonly snippet?: string;
  /** There is a second one, which also calls a resource server; its file ends in `-api`. */
  readonly apiSnippet?: true;
}

/** On the user's computer: a port that the system chooses, on both loopback addresses (RFC 8252 section 7.3). */
const LOOPBACK = ["http://127.0.0.1", "http://[::1]"];

/** The one table of clients: `app add --for`, the console's form, the snippets and the documents read it. */
export const KNOWN_CLIENTS: readonly KnownClient[] = [
  {
    ...{ name: "openid-client", title: "openid-client (Node)", type: "web", snippet: "js", apiSnippet: true },
    signedOutPath: "/",
  },
  {
    ...{ name: "auth-js", title: "Auth.js v5", type: "web", snippet: "js", signedOutPath: "/" },
    redirectPath: "/api/auth/callback/vestibule",
  },
  {
    ...{ name: "express-openid-connect", title: "express-openid-connect", type: "web", snippet: "js" },
    ...{ redirectPath: "/callback", signedOutPath: "" },
  },
  { name: "passport", title: "Passport", type: "web", snippet: "js", signedOutPath: "/" },
  {
    ...{ name: "spring", title: "Spring Security", type: "web", snippet: "yaml", algorithm: "RS256" },
    ...{ redirectPath: "/login/oauth2/code/vestibule", signedOutPath: "/" },
    backchannelPath: "/logout/connect/back-channel/vestibule",
  },
  {
    ...{ name: "aspnet-core", title: "ASP.NET Core", type: "web", snippet: "csharp" },
    ...{ redirectPath: "/signin-oidc", signedOutPath: "/signout-callback-oidc" },
    note: 'Set ResponseType = "code", since it asks for an id_token by default, and GetClaimsFromUserInfoEndpoint = true for the name.',
  },
  {
    ...{ name: "authlib", title: "Authlib with Flask", type: "web", snippet: "python", signedOutPath: "/" },
    note: "Authlib sends a nonce of itself, and a code challenge when it is configured.",
  },
  {
    ...{ name: "django", title: "mozilla-django-oidc", type: "web", snippet: "python" },
    ...{ redirectPath: "/oidc/callback/", signedOutPath: "/" },
    note: "Set OIDC_RP_SIGN_ALGO: without it the library expects HS256.",
  },
  {
    ...{ name: "django-social", title: "social-auth-app-django", type: "web", algorithm: "RS256" },
    redirectPath: "/complete/oidc/",
  },
  {
    ...{ name: "omniauth", title: "OmniAuth", type: "web", snippet: "ruby", signedOutPath: "/" },
    redirectPath: "/auth/openid_connect/callback",
  },
  {
    ...{ name: "mod-auth-openidc", title: "mod_auth_openidc (Apache)", type: "web", snippet: "apache" },
    signedOutPath: "/",
  },
  {
    ...{ name: "oauth2-proxy", title: "oauth2-proxy", type: "web", snippet: "ini" },
    ...{ redirectPath: "/oauth2/callback", signedOutPath: "/" },
  },
  {
    ...{ name: "keycloak", title: "Keycloak as a broker", type: "web" },
    ...{
      redirectPath: "/broker/vestibule/endpoint",
      signedOutPath: "/broker/vestibule/endpoint/logout_response",
    },
    backchannelPath: "/protocol/openid-connect/logout/backchannel-logout",
    note: "The address is the realm's, such as https://sso.example.com/realms/main, and the provider's alias is vestibule.",
  },
  {
    ...{ name: "dex", title: "dex", type: "web", redirectPath: "/callback" },
    settings: { idTokenClaims: true },
    note: "The address is dex's issuer. dex reads the ID token; with the scope email it refuses users without a proved email address.",
  },
  {
    ...{ name: "argocd", title: "Argo CD", type: "web", redirectPath: "/auth/callback", signedOutPath: "" },
    settings: { idTokenClaims: true },
    note: "Set enablePKCEAuthentication: true, since Argo CD sends neither a code challenge nor a nonce by default. Its command line (cliClientID) is a native application of its own, with http://localhost:8085/auth/callback.",
  },
  {
    ...{ name: "grafana", title: "Grafana", type: "web", redirectPath: "/login/generic_oauth" },
    signedOutPath: "/login",
    note: "Set use_pkce = true, since Grafana sends neither a code challenge nor a nonce by default. It refuses users without an email address: where not all have a proved one, set email_attribute_path = email || sub.",
  },
  {
    ...{ name: "gitlab", title: "GitLab", type: "web" },
    redirectPath: "/users/auth/openid_connect/callback",
    note: 'Set discovery: true and uid_field: "sub". GitLab sends a nonce, and a code challenge with pkce: true.',
  },
  {
    ...{
      name: "nextcloud",
      title: "Nextcloud (user_oidc)",
      type: "web",
      redirectPath: "/apps/user_oidc/code",
    },
    ...{ orBelow: "/index.php", signedOutPath: "/" },
    backchannelPath: "/index.php/apps/user_oidc/backchannel-logout/vestibule",
    settings: { idTokenClaims: true },
    note: "Nextcloud reads the ID token; the provider's identifier is vestibule. Let it send the ID token as a hint, so that the sign-out does not ask.",
  },
  {
    ...{ name: "headscale", title: "headscale", type: "web", redirectPath: "/oidc/callback" },
    note: "headscale sends a nonce. For allowed_groups add groups to scope; allowed_domains lets in proved email addresses alone.",
  },
  {
    ...{ name: "kubelogin", title: "kubelogin (kubectl)", type: "native" },
    settings: {
      redirectUris: [...LOOPBACK, "http://localhost:8000", "http://localhost:18000"],
      deviceFlow: true,
      idTokenClaims: true,
    },
    note: "The API server reads the ID token alone.",
  },
  {
    ...{ name: "step", title: "step CLI and step-ca", type: "native" },
    settings: { redirectUris: LOOPBACK, idTokenClaims: true },
    note: "step takes an https issuer only and reads the ID token alone.",
  },
  {
    ...{ name: "oidc-client-ts", title: "oidc-client-ts", type: "browser", snippet: "js", apiSnippet: true },
    signedOutPath: "/",
  },
  { name: "appauth-ios", title: "AppAuth for iOS", type: "native", snippet: "swift" },
  { name: "appauth-android", title: "AppAuth for Android", type: "native", snippet: "kotlin" },
  {
    ...{ name: "mcp", title: "Model Context Protocol client", type: "native" },
    settings: {
      redirectUris: [...LOOPBACK, "http://localhost:8090"].map((origin) => `${origin}/callback`),
    },
    note: "Name the server with --resource; its metadata must list scopes_supported.",
  },
  { name: "curl", title: "curl", type: "machine", snippet: "sh" },
];

export const knownClient = (name: string): KnownClient | undefined =>
  KNOWN_CLIENTS.find((client) => client.name === name);

/** What a client wants of its registration. */
export type KnownRegistration = Partial<ApplicationSettings> & { readonly type: ApplicationType };

/** Whether paths can follow it: a query or a fragment would swallow them. */
export function takesPaths(address: string): boolean {
  return URL.canParse(address) && !/[?#]/.test(address) && /^https?:$/.test(new URL(address).protocol);
}

/** The registration that a client wants; `address` is where it runs, without which its own paths are left out. */
export function registrationOf(client: KnownClient, address: string | null): KnownRegistration {
  const below = (path: string | undefined) =>
    address === null || path === undefined ? null : `${address.replace(/\/$/, "")}${path}`;
  const [redirect, other, signedOut, backchannel] = [
    below(client.redirectPath),
    client.orBelow === undefined ? null : below(`${client.orBelow}${client.redirectPath ?? ""}`),
    below(client.signedOutPath),
    below(client.backchannelPath),
  ];
  return {
    type: client.type,
    ...(redirect === null ? {} : { redirectUris: [redirect, ...(other === null ? [] : [other])] }),
    ...(signedOut === null ? {} : { postLogoutRedirectUris: [signedOut] }),
    ...(backchannel === null ? {} : { backchannelLogoutUri: backchannel }),
    ...(rulesOf(client.type).cors && address !== null ? { corsOrigins: [originOf(address)] } : {}),
    ...client.settings,
  };
}

/** What is no address stays, so that its fault can name it. */
const originOf = (address: string): string => (URL.canParse(address) ? new URL(address).origin : address);
