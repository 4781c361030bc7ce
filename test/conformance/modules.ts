/**
 * The modules of the OpenID Foundation's conformance suite, plan by plan. The tests take their names from here and
 * docs/conformance.md is made from it; a plan's test file fails when a module of this table has no test.
 */
export interface Module {
  /** Class of the suite. */
  readonly name: string;
  readonly checks: string;
  /** Why a module has nothing to test here, as a certifier would be told. */
  readonly notApplicable?: string;
}

export interface Plan {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly modules: readonly Module[];
}

const tests = (name: string, checks: string): Module => ({ name, checks });
const skips = (name: string, checks: string, notApplicable: string): Module => ({
  name,
  checks,
  notApplicable,
});

const basic: Plan = {
  name: "oidcc-basic-certification-test-plan",
  title: "Basic OpenID Provider",
  about: "Static clients, discovery, `client_secret_basic`; one module with `client_secret_post`.",
  modules: [
    tests("OIDCCServerTest", "code, ID token and userinfo"),
    tests("OIDCCResponseTypeMissing", "an error without response_type"),
    tests("OIDCCIdTokenSignature", "the ID token's signature against the published keys"),
    skips(
      "OIDCCIdTokenUnsigned",
      "an ID token without a signature",
      "`none` is not among id_token_signing_alg_values_supported and cannot be registered; the suite skips the module.",
    ),
    tests("OIDCCUserInfoGet", "userinfo by GET"),
    tests("OIDCCUserInfoPostHeader", "userinfo by POST, token in the header"),
    tests("OIDCCUserInfoPostBody", "userinfo by POST, token in the body"),
    tests("OIDCCEnsureRequestWithoutNonceSucceedsForCodeFlow", "no nonce is needed"),
    tests("OIDCCScopeProfile", "claims of profile"),
    tests("OIDCCScopeEmail", "claims of email"),
    skips(
      "OIDCCScopeAddress",
      "claims of address",
      "No postal address is kept: `address` is not in scopes_supported, and the suite skips the module.",
    ),
    tests("OIDCCScopePhone", "claims of phone"),
    tests("OIDCCScopeAll", "claims of all scopes together"),
    tests("OIDCCAlternateHappyFlow", "another order of parameters and scopes"),
    tests("OIDCCDisplayPage", "display=page"),
    tests("OIDCCDisplayPopup", "display=popup"),
    tests("OIDCCPromptLogin", "prompt=login asks again, auth_time grows"),
    tests("OIDCCPromptNoneNotLoggedIn", "login_required"),
    tests("OIDCCPromptNoneLoggedIn", "silent, with the same sub and auth_time"),
    tests("OIDCCMaxAge1", "asks again, auth_time grows"),
    tests("OIDCCMaxAge10000", "does not ask again"),
    tests("OIDCCEnsureRequestWithUnknownParameterSucceeds", "unknown parameters change nothing"),
    tests("OIDCCIdTokenHint", "silent with an own ID token"),
    tests("OIDCCLoginHint", "login_hint"),
    tests("OIDCCUiLocales", "ui_locales"),
    tests("OIDCCClaimsLocales", "claims_locales"),
    tests("OIDCCEnsureRequestWithAcrValuesSucceeds", "an acr of discovery"),
    tests("OIDCCAuthCodeReuse", "a code's second use is refused"),
    tests("OIDCCAuthCodeReuseAfter30Seconds", "also later, and its tokens end"),
    tests("OIDCCEnsureRegisteredRedirectUri", "an error page for an address that is not registered"),
    tests("OIDCCEnsurePostRequestSucceeds", "an authorization request by POST"),
    tests("OIDCCServerTestClientSecretPost", "the first module with client_secret_post"),
    tests(
      "OIDCCRequestUriUnsignedSupportedCorrectlyOrRejectedAsUnsupported",
      "request_uri is refused as unsupported",
    ),
    tests(
      "OIDCCUnsignedRequestObjectSupportedCorrectlyOrRejectedAsUnsupported",
      "an unsigned request object is refused as unsupported",
    ),
    tests("OIDCCClaimsEssential", "an essential claim causes no error"),
    tests(
      "OIDCCEnsureRequestObjectWithRedirectUri",
      "another redirect_uri inside a request object leads nowhere",
    ),
    tests("OIDCCRefreshToken", "refreshing, and not for another client"),
    tests("OIDCCEnsureRequestWithValidPkceSucceeds", "S256"),
  ],
};

const config: Plan = {
  name: "oidcc-config-certification-test-plan",
  title: "Config OpenID Provider",
  about: "What discovery says.",
  modules: [
    tests("OIDCCDiscoveryEndpointVerification", "issuer, https addresses, required members, published keys"),
  ],
};

const rpLogout: Plan = {
  name: "oidcc-rp-initiated-logout-certification-test-plan",
  title: "RP-Initiated Logout",
  about: "An application signs somebody out.",
  modules: [
    tests("OIDCCRpInitiatedLogoutDiscoveryEndpointVerification", "end_session_endpoint"),
    tests("OIDCCRpInitiatedLogout", "back with state; then prompt=none fails"),
    tests("OIDCCRpInitiatedLogoutBadLogoutRedirectUri", "no redirect to an unregistered address"),
    tests("OIDCCRpInitiatedLogoutQueryAddedToLogoutRedirectUri", "no redirect with a query added"),
    tests("OIDCCRpInitiatedLogoutModifiedIdTokenHint", "no redirect by a hint with alg none"),
    tests("OIDCCRpInitiatedLogoutBadIdTokenHint", "no redirect by a hint of another signer"),
    tests("OIDCCRpInitiatedLogoutNoIdTokenHint", "no redirect without a hint"),
    tests("OIDCCRpInitiatedLogoutNoParams", "signed out, and told so"),
    tests("OIDCCRpInitiatedLogoutOnlyState", "signed out, and told so"),
    tests("OIDCCRpInitiatedLogoutNoPostLogoutRedirectUri", "signed out, and told so"),
    tests("OIDCCRpInitiatedLogoutNoState", "back without state; then prompt=none fails"),
  ],
};

const backChannel: Plan = {
  name: "oidcc-backchannel-rp-initiated-logout-certification-test-plan",
  title: "Back-Channel Logout",
  about: "Every application of a session is told of its end.",
  modules: [
    tests("OIDCCBackchannelLogoutDiscoveryEndpointVerification", "what discovery says of it"),
    tests("OIDCCBackChannelRpInitiatedLogout", "a valid logout token, the way back, and prompt=none fails"),
  ],
};

export const PLANS = { basic, config, rpLogout, backChannel };
