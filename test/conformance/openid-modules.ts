import { skips, tests, type Plan } from "./plan-module.ts";

export const basic: Plan = {
  name: "oidcc-basic-certification-test-plan",
  title: "Basic OpenID Provider",
  about: "Static clients, discovery, `client_secret_basic`; one module with `client_secret_post`.",
  modules: [
    tests("oidcc-server", "code, ID token and userinfo"),
    tests("oidcc-response-type-missing", "an error without response_type"),
    tests("oidcc-idtoken-signature", "the ID token's signature against the published keys"),
    skips(
      "oidcc-idtoken-unsigned",
      "an ID token without a signature",
      "Only for applications that register themselves, and `none` cannot be registered.",
    ),
    tests("oidcc-userinfo-get", "userinfo by GET"),
    tests("oidcc-userinfo-post-header", "userinfo by POST, token in the header"),
    tests("oidcc-userinfo-post-body", "userinfo by POST, token in the body"),
    tests("oidcc-ensure-request-without-nonce-succeeds-for-code-flow", "no nonce is needed"),
    tests("oidcc-scope-profile", "claims of profile"),
    tests("oidcc-scope-email", "claims of email"),
    skips(
      "oidcc-scope-address",
      "claims of address",
      "No postal address is kept: `address` is not in scopes_supported.",
    ),
    tests("oidcc-scope-phone", "claims of phone"),
    tests("oidcc-scope-all", "claims of all scopes together"),
    tests("oidcc-alternate-happy-flow", "another order of parameters and scopes"),
    tests("oidcc-display-page", "display=page"),
    tests("oidcc-display-popup", "display=popup"),
    tests("oidcc-prompt-login", "prompt=login asks again, auth_time grows"),
    tests("oidcc-prompt-none-not-logged-in", "login_required"),
    tests("oidcc-prompt-none-logged-in", "silent, with the same sub and auth_time"),
    tests("oidcc-max-age-1", "asks again, auth_time grows"),
    tests("oidcc-max-age-10000", "does not ask again"),
    tests("oidcc-ensure-request-with-unknown-parameter-succeeds", "unknown parameters change nothing"),
    tests("oidcc-id-token-hint", "silent with an own ID token"),
    tests("oidcc-login-hint", "login_hint"),
    tests("oidcc-ui-locales", "ui_locales"),
    tests("oidcc-claims-locales", "claims_locales"),
    tests("oidcc-ensure-request-with-acr-values-succeeds", "an acr of discovery"),
    tests("oidcc-codereuse", "a code's second use is refused"),
    tests("oidcc-codereuse-30seconds", "also later, and its tokens end"),
    tests("oidcc-ensure-registered-redirect-uri", "an error page for an address that is not registered"),
    tests("oidcc-ensure-post-request-succeeds", "an authorization request by POST"),
    tests("oidcc-server-client-secret-post", "the first module with client_secret_post"),
    tests(
      "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
      "request_uri is refused as unsupported",
    ),
    tests(
      "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
      "an unsigned request object is refused as unsupported",
    ),
    tests("oidcc-claims-essential", "an essential claim causes no error"),
    tests(
      "oidcc-ensure-request-object-with-redirect-uri",
      "another redirect_uri inside a request object leads nowhere",
    ),
    tests("oidcc-refresh-token", "refreshing, and not for another client"),
    tests("oidcc-ensure-request-with-valid-pkce-succeeds", "S256"),
  ],
};

export const formPost: Plan = {
  ...basic,
  name: "oidcc-formpost-basic-certification-test-plan",
  title: "Form Post OpenID Provider",
  about: "The modules of Basic, with each response posted to the application.",
};

export const config: Plan = {
  name: "oidcc-config-certification-test-plan",
  title: "Config OpenID Provider",
  about: "What discovery says.",
  modules: [
    tests(
      "oidcc-discovery-endpoint-verification",
      "issuer, https addresses, required members, published keys",
    ),
  ],
};

export const rpLogout: Plan = {
  name: "oidcc-rp-initiated-logout-certification-test-plan",
  title: "RP-Initiated Logout",
  about: "An application signs a user out.",
  modules: [
    tests("oidcc-rp-initiated-logout-discovery-endpoint-verification", "end_session_endpoint"),
    tests("oidcc-rp-initiated-logout", "back with state; then prompt=none fails"),
    tests("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri", "no redirect to an unregistered address"),
    tests(
      "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
      "no redirect with a query added",
    ),
    tests("oidcc-rp-initiated-logout-modified-id-token-hint", "no redirect by a hint with alg none"),
    tests("oidcc-rp-initiated-logout-bad-id-token-hint", "no redirect by a hint of another signer"),
    tests("oidcc-rp-initiated-logout-no-id-token-hint", "no redirect without a hint"),
    tests("oidcc-rp-initiated-logout-no-params", "signed out, and informed"),
    tests("oidcc-rp-initiated-logout-only-state", "signed out, and informed"),
    tests("oidcc-rp-initiated-logout-no-post-logout-redirect-uri", "signed out, and informed"),
    tests("oidcc-rp-initiated-logout-no-state", "back without state; then prompt=none fails"),
  ],
};

export const backChannel: Plan = {
  name: "oidcc-backchannel-rp-initiated-logout-certification-test-plan",
  title: "Back-Channel Logout",
  about: "Every application of a session is notified of its end.",
  modules: [
    tests("oidcc-backchannel-logout-discovery-endpoint-verification", "what discovery says of it"),
    tests(
      "oidcc-backchannel-rp-initiated-logout",
      "a valid logout token, the way back, and prompt=none fails",
    ),
  ],
};
