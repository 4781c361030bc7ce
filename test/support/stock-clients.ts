type Claims = Readonly<Record<string, unknown>>;

/** What an application has in its hands after a sign-in. */
export interface Received {
  readonly idToken: Claims;
  readonly userinfo: Claims;
}

/** How an application finds the record of the user who has signed in. */
export interface StockClient {
  readonly name: string;
  /** The key of the user's record; null: it refuses the sign-in. */
  readonly key: (received: Received) => string | null;
}

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const lower = (value: unknown): string | null => text(value)?.toLowerCase() ?? null;

/** Both, where a library reads the ID token first and asks userinfo for what lacks. */
const both = ({ idToken, userinfo }: Received): Claims => ({ ...userinfo, ...idToken });

const bySub = ({ idToken }: Received) => `${String(idToken["iss"])} ${String(idToken["sub"])}`;

/** Libraries that go by the mail address. Each line follows the source of the version that is named. */
const BY_ADDRESS: readonly StockClient[] = [
  // mozilla_django_oidc/auth.py: verify_claims wants an email, filter_users_by_claims looks for email__iexact in userinfo.
  { name: "mozilla-django-oidc 5", key: ({ userinfo }) => lower(userinfo["email"]) },
  // providers/oidc.go: refuses email_verified false; without the claim it takes the address as it is.
  {
    name: "oauth2-proxy 7",
    key: (received) => (both(received)["email_verified"] === false ? null : text(both(received)["email"])),
  },
  {
    name: "oauth2-proxy 7 with insecure_oidc_allow_unverified_email",
    key: (received) => text(both(received)["email"]),
  },
  // social_core/pipeline/social_auth.py: the step associate_by_email, else a record of the provider's own.
  {
    name: "python-social-auth with associate_by_email",
    key: (received) => lower(both(received)["email"]) ?? bySub(received),
  },
  // lib/actions/callback/handle-login.ts with allowDangerousEmailAccountLinking.
  {
    name: "Auth.js 5 with allowDangerousEmailAccountLinking",
    key: ({ userinfo, idToken }) => lower(userinfo["email"]) ?? bySub({ userinfo, idToken }),
  },
  // pkg/login/social: oauth_allow_insecure_email_lookup, before the login.
  {
    name: "Grafana with oauth_allow_insecure_email_lookup",
    key: (received) => lower(both(received)["email"]) ?? lower(both(received)["preferred_username"]),
  },
  // The API server with --oidc-username-claim=email wants the claim, and email_verified true where it is there; ID token only.
  {
    name: "Kubernetes with --oidc-username-claim=email",
    key: ({ idToken }) => (idToken["email_verified"] === false ? null : text(idToken["email"])),
  },
];

const BY_NAME: readonly StockClient[] = [
  {
    name: "python-social-auth with ID_KEY preferred_username",
    key: (received) => text(both(received)["preferred_username"]),
  },
  // Its login is compared without regard to case.
  {
    name: "Grafana by login",
    key: (received) => lower(both(received)["preferred_username"]),
  },
  {
    name: "Spring Security with user-name-attribute preferred_username",
    key: ({ userinfo }) => text(userinfo["preferred_username"]),
  },
  // FirstBrokerLogin looks for a user of that name, in lower case.
  {
    name: "Keycloak 26 as broker, by username",
    key: (received) => lower(both(received)["preferred_username"]),
  },
  {
    name: "Nextcloud user_oidc with mapping preferred_username",
    key: ({ idToken, userinfo }) => lower(userinfo["preferred_username"]) ?? text(idToken["sub"]),
  },
];

const BY_SUB: readonly StockClient[] = [
  "Spring Security",
  "social-auth-app-django 8",
  "Auth.js 5",
  "Grafana",
  "dex",
  "headscale",
  "kubelogin",
  "mod_auth_openidc",
].map((name) => ({ name, key: bySub }));

/** Each with its defaults, and with the settings that its documents offer for finding a user by another claim. */
export const STOCK_CLIENTS: readonly StockClient[] = [...BY_ADDRESS, ...BY_NAME, ...BY_SUB];
