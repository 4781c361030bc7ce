/** How an application authenticates at the token endpoint. */
export const AUTHENTICATIONS = ["none", "secret", "private_key_jwt"] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

/** What one type of application may do, and its defaults. */
interface TypeRules {
  /** Shown in help and documents. */
  readonly about: string;
  readonly grants: readonly ("authorization_code" | "refresh_token" | "client_credentials")[];
  readonly responseModes: readonly ("query" | "fragment" | "form_post")[];
  /** Which redirect URIs it may register: https and loopback by name, a native app's own, or none. */
  readonly redirects: "web" | "native" | "none";
  /** Whether a nonce may stand for PKCE, and an audited exception is possible. Machines have no authorization request to protect. */
  readonly pkce: "always" | "with-exceptions" | "not-needed";
  /** The first is the default. */
  readonly authentication: readonly [Authentication, ...Authentication[]];
  /** Whether pages of its own origins may call from a browser (CORS). */
  readonly cors: boolean;
  /** Whether it may run on a device without a browser and show a code instead (RFC 8628). */
  readonly device: boolean;
  /** Whether it may get a code from a session alone, without a page (RFC 8252 section 8.6). */
  readonly silent: boolean;
  /** Third-party applications ask users for consent; machines never do, because no user signs in. */
  readonly consent: "unless-first-party" | "never";
  /** The most days that a refresh token may be unused; null: the installation's default. */
  readonly refreshTokenDays: number | null;
}

const READ_BY_SCRIPT = ["query", "fragment"] as const;
const CODE = ["authorization_code", "refresh_token"] as const;

/**
 * The one table of application types. The command line, the validation of input and the client metadata for
 * oidc-provider (client-metadata.ts) all read it.
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
    about: "runs on the user's phone or computer",
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
    // A token that scripts of a page can read lives for a day (OAuth 2.0 for Browser-Based Applications section 6.3.2.3).
    refreshTokenDays: 1,
  },
  machine: {
    about: "acts for itself and signs in no users",
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

export const rulesOf = (type: ApplicationType): TypeRules => APPLICATION_TYPE[type];
