/** How an application proves at the token endpoint who it is. */
export const AUTHENTICATIONS = ["none", "secret", "private_key_jwt"] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

/** What one kind of application may do, and what holds for it unless somebody says otherwise. */
interface TypeRules {
  /** For help and documents. */
  readonly about: string;
  readonly grants: readonly ("authorization_code" | "refresh_token" | "client_credentials")[];
  readonly responseModes: readonly ("query" | "fragment" | "form_post")[];
  /** Which redirect addresses it may register: https and this computer by name, a program's own, or none. */
  readonly redirects: "web" | "native" | "none";
  /** Whether an audited exception from PKCE may be made. Machines have no authorization request to protect. */
  readonly pkce: "always" | "with-exceptions" | "not-needed";
  /** The first is the default. */
  readonly authentication: readonly [Authentication, ...Authentication[]];
  /** Whether pages of its own origins may call from a browser. */
  readonly cors: boolean;
  /** Whether it may run where there is no browser, and show a code instead (RFC 8628). */
  readonly device: boolean;
  /** Whether a session alone may send it a code (RFC 8252 section 8.6). */
  readonly silent: boolean;
  /** Consent of people: asked of applications that are not one's own, or of nobody because nobody signs in. */
  readonly consent: "unless-first-party" | "never";
  /** Most days that a refresh token lives unused; null: what the installation says. */
  readonly refreshTokenDays: number | null;
}

const READ_BY_SCRIPT = ["query", "fragment"] as const;
const CODE = ["authorization_code", "refresh_token"] as const;

/**
 * The one table of what kinds of application there are. The command line, the check of what is typed, and what
 * oidc-provider is told (client-metadata.ts) all read it.
 */
export const APPLICATION_TYPE = {
  web: {
    about: "runs on a server and keeps a secret or a key",
    grants: CODE,
    responseModes: ["query", "fragment", "form_post"],
    redirects: "web",
    pkce: "with-exceptions",
    authentication: ["secret", "private_key_jwt"],
    cors: false,
    device: false,
    silent: true,
    consent: "unless-first-party",
    refreshTokenDays: null,
  },
  native: {
    about: "runs on somebody's telephone or computer",
    grants: CODE,
    responseModes: READ_BY_SCRIPT,
    redirects: "native",
    pkce: "always",
    authentication: ["none"],
    cors: false,
    device: true,
    silent: false,
    consent: "unless-first-party",
    refreshTokenDays: null,
  },
  browser: {
    about: "a single-page application: all script, no server",
    grants: CODE,
    responseModes: READ_BY_SCRIPT,
    redirects: "web",
    pkce: "always",
    authentication: ["none"],
    cors: true,
    device: false,
    silent: true,
    consent: "unless-first-party",
    // What scripts of a page can read is kept for a day (OAuth 2.0 for Browser-Based Applications section 6.3.2.3).
    refreshTokenDays: 1,
  },
  machine: {
    about: "acts for itself and signs nobody in",
    grants: ["client_credentials"],
    responseModes: [],
    redirects: "none",
    pkce: "not-needed",
    authentication: ["secret", "private_key_jwt"],
    cors: false,
    device: false,
    silent: false,
    consent: "never",
    refreshTokenDays: null,
  },
} as const satisfies Record<string, TypeRules>;

export type ApplicationType = keyof typeof APPLICATION_TYPE;

export const APPLICATION_TYPES = ["web", "native", "browser", "machine"] as const satisfies ApplicationType[];

/** The rules of one type. */
export const rulesOf = (type: ApplicationType): TypeRules => APPLICATION_TYPE[type];
