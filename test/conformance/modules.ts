/**
 * The modules of the OpenID Foundation's conformance suite, plan by plan. The tests take their names from here; a
 * plan's test file fails when a module of this table has no test that ran. What they said is kept (results.ts), and
 * docs/conformance.md is made from both.
 */
interface Module {
  /** Class of the suite. */
  readonly name: string;
  readonly checks: string;
  /** Why a module has nothing to test here, as a certifier would be answered. */
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
  about: "An application signs a user out.",
  modules: [
    tests("OIDCCRpInitiatedLogoutDiscoveryEndpointVerification", "end_session_endpoint"),
    tests("OIDCCRpInitiatedLogout", "back with state; then prompt=none fails"),
    tests("OIDCCRpInitiatedLogoutBadLogoutRedirectUri", "no redirect to an unregistered address"),
    tests("OIDCCRpInitiatedLogoutQueryAddedToLogoutRedirectUri", "no redirect with a query added"),
    tests("OIDCCRpInitiatedLogoutModifiedIdTokenHint", "no redirect by a hint with alg none"),
    tests("OIDCCRpInitiatedLogoutBadIdTokenHint", "no redirect by a hint of another signer"),
    tests("OIDCCRpInitiatedLogoutNoIdTokenHint", "no redirect without a hint"),
    tests("OIDCCRpInitiatedLogoutNoParams", "signed out, and informed"),
    tests("OIDCCRpInitiatedLogoutOnlyState", "signed out, and informed"),
    tests("OIDCCRpInitiatedLogoutNoPostLogoutRedirectUri", "signed out, and informed"),
    tests("OIDCCRpInitiatedLogoutNoState", "back without state; then prompt=none fails"),
  ],
};

const backChannel: Plan = {
  name: "oidcc-backchannel-rp-initiated-logout-certification-test-plan",
  title: "Back-Channel Logout",
  about: "Every application of a session is notified of its end.",
  modules: [
    tests("OIDCCBackchannelLogoutDiscoveryEndpointVerification", "what discovery says of it"),
    tests("OIDCCBackChannelRpInitiatedLogout", "a valid logout token, the way back, and prompt=none fails"),
  ],
};

const PROFILE =
  "Belongs to a national ecosystem (Australia, Brazil, United Kingdom); `plain_fapi` does not run it.";

const fapi: Plan = {
  name: "fapi2-security-profile-final-test-plan",
  title: "FAPI 2.0 Security Profile",
  about: "Variants `openid`, `private_key_jwt`, `dpop`, `plain_fapi`; for applications with `--fapi`.",
  modules: [
    tests("FAPI2SPFinalDiscoveryEndpointVerification", "metadata that the profile needs"),
    tests("FAPI2SPFinalHappyFlow", "two applications, two redirect addresses, tokens bound to a key"),
    tests("FAPI2SPFinalUserRejectsAuthentication", "access_denied at the redirect address"),
    tests("FAPI2SPFinalEnsureAuthorizationRequestWithoutStateSuccess", "no state, none comes back"),
    tests("FAPI2SPFinalEnsureAuthorizationRequestWithoutNonceSuccess", "no nonce, none comes back"),
    tests("FAPI2SPFinalEnsureAuthorizationRequestWith64CharNonceSuccess", "a nonce of 64 characters"),
    tests("FAPI2SPFinalEnsureOtherScopeOrderSucceeds", "another order of scopes"),
    tests("FAPI2SPFinalTestClaimsParameterIdentityClaims", "the claims parameter"),
    tests("FAPI2SPFinalAccessTokenTypeHeaderCaseSensitivity", "the scheme in another case"),
    tests("FAPI2SPFinalCheckDpopProofNbfExp", "nbf and exp of a proof are heeded"),
    tests("FAPI2SPFinalEnsureDpopProofWithIat10SecondsBeforeSucceeds", "a clock that is late"),
    tests("FAPI2SPFinalEnsureDpopProofWithIat10SecondsAfterSucceeds", "a clock that is early"),
    tests("FAPI2SPFinalEnsureMismatchedDpopJktFails", "dpop_jkt of another key than the proof's"),
    tests(
      "FAPI2SPFinalEnsureTokenEndpointFailsWithMismatchedDpopProofJkt",
      "another key at the token endpoint than at PAR",
    ),
    tests(
      "FAPI2SPFinalEnsureTokenEndpointFailsWithMismatchedDpopJkt",
      "another key at the token endpoint than dpop_jkt says",
    ),
    tests("FAPI2SPFinalEnsureDpopProofAtParEndpointBindingSuccess", "a proof at PAR binds the code"),
    tests("FAPI2SPFinalEnsureDpopAuthCodeBindingSuccess", "dpop_jkt binds the code"),
    tests(
      "FAPI2SPFinalEnsureDifferentNonceInsideAndOutsideRequestObject",
      "a nonce in the address does not win",
    ),
    tests(
      "FAPI2SPFinalEnsureDifferentStateInsideAndOutsideRequestObject",
      "a state in the address does not win",
    ),
    tests("FAPI2SPFinalEnsureAuthorizationRequestWithLongNonce", "a nonce of 384 characters"),
    tests("FAPI2SPFinalEnsureAuthorizationRequestWithLongState", "a state of 384 characters"),
    tests("FAPI2SPFinalStateOnlyOutsideRequestObjectNotUsed", "a state in the address alone is not used"),
    tests("FAPI2SPFinalEnsureRequestObjectWithoutRedirectUriFails", "no redirect_uri"),
    tests(
      "FAPI2SPFinalEnsureRedirectUriInAuthorizationRequest",
      "no redirect_uri, though it stands in the address",
    ),
    tests("FAPI2SPFinalEnsureRegisteredRedirectUri", "an address that is not registered"),
    tests(
      "FAPI2SPFinalTolerateUnregisteredRedirectUri",
      "an address that is not registered, which may be refused",
    ),
    tests(
      "FAPI2SPFinalEnsureUnsignedAuthorizationRequestWithoutUsingParFails",
      "parameters in the address without PAR",
    ),
    tests("FAPI2SPFinalEnsureResponseTypeCodeIdTokenFails", "response_type=code id_token"),
    tests("FAPI2SPFinalEnsureResponseTypeTokenFails", "response_type=token"),
    tests("FAPI2SPFinalEnsureClientIdInTokenEndpoint", "another application's id at the token endpoint"),
    tests("FAPI2SPFinalEnsureHolderOfKeyRequired", "no proof, no token"),
    tests("FAPI2SPFinalEnsureAuthorizationCodeIsBoundToClient", "another application's code"),
    tests(
      "FAPI2SPFinalAttemptReuseAuthorizationCodeAfterOneSecond",
      "a code's second use, which ends its tokens",
    ),
    tests("FAPI2SPFinalAttemptToUseExpiredAuthCode", "a code after 60 seconds"),
    tests("FAPI2SPFinalEnsureSignedClientAssertionWithRS256Fails", "an assertion with RS256"),
    tests("FAPI2SPFinalEnsureClientAssertionInTokenEndpoint", "no assertion"),
    tests("FAPI2SPFinalEnsureClientAssertionWithExpIs5MinutesInPastFails", "an assertion that has ended"),
    tests("FAPI2SPFinalEnsureClientAssertionWithWrongAudFails", "an assertion for another audience"),
    tests("FAPI2SPFinalEnsureClientAssertionWithNoSubFails", "an assertion without a subject"),
    tests("FAPI2SPFinalDpopNegativeTests", "faulty proofs"),
    tests("FAPI2SPFinalRefreshToken", "refreshing, bound to application and key"),
    tests(
      "FAPI2SPFinalPAREnsureServerAcceptsReusedRequestUriBeforeAuthenticationCompletion",
      "reloading before the sign-in",
    ),
    tests("FAPI2SPFinalPARAttemptReuseRequestUri", "a pushed request's second use"),
    tests("FAPI2SPFinalPARAttemptToUseExpiredRequestUri", "a pushed request that has ended"),
    tests(
      "FAPI2SPFinalPAREnsureJWTClientAssertionWithIatNbf8SecondsInTheFutureIsAccepted",
      "a clock that is 8 seconds early",
    ),
    tests(
      "FAPI2SPFinalPAREnsureJWTClientAssertionWithIatNbfOver60SecondsInTheFutureFails",
      "one that is more than 60 early",
    ),
    tests("FAPI2SPFinalPAREnsureRequestUriIsBoundToClient", "a pushed request of another application"),
    tests("FAPI2SPFinalPARRejectRequestUriInParAuthorizationFormParams", "request_uri inside PAR"),
    tests("FAPI2SPFinalPARRejectInvalidHttpVerb", "another method"),
    tests("FAPI2SPFinalPAREnsurePKCERequired", "no challenge"),
    tests("FAPI2SPFinalPAREnsurePKCECodeVerifierRequired", "no verifier"),
    tests("FAPI2SPFinalPARIncorrectPKCECodeVerifierRejected", "a wrong verifier"),
    tests("FAPI2SPFinalPAREnsurePlainPKCERejected", "the method plain"),
    tests("FAPI2SPFinalParWithoutDuplicateParameters", "client_id and request_uri alone"),
    tests("FAPI2SPFinalPAREndpointAsArrayAudienceFails", "the PAR address in a list as audience"),
    tests("FAPI2SPFinalPAREndpointAsAudienceFails", "the PAR address as audience"),
    tests("FAPI2SPFinalPARTokenEndpointAsAudienceFails", "the token address as audience"),
    skips("FAPI2SPFinalAustraliaConnectIdEnsureInvalidPurposeFails", "an ecosystem's own rule", PROFILE),
    skips("FAPI2SPFinalEnsureServerHandlesNonMatchingIntentId", "an ecosystem's own rule", PROFILE),
    skips("FAPI2SPFinalTestEssentialAcrScaClaim", "an ecosystem's own rule", PROFILE),
    skips("FAPI2SPFinalBrazilEnsureBadPaymentSignatureFails", "an ecosystem's own rule", PROFILE),
    skips(
      "FAPI2SPFinalAustraliaConnectIdTestClaimsParameterIdTokenIdentityClaims",
      "an ecosystem's own rule",
      PROFILE,
    ),
  ],
};

const CONNECT_ID = "Belongs to Australia's ConnectID; `plain_fapi` does not run it.";

const messageSigning: Plan = {
  name: "fapi2-message-signing-final-test-plan",
  title: "FAPI 2.0 Message Signing: signed requests",
  about:
    "The modules that it has beside those above, pushed and by value; for applications with `--fapi --signed-requests`.",
  modules: [
    tests("FAPI2SPFinalEnsureUnsignedRequestAtParEndpointFails", "parameters instead of an object"),
    tests("FAPI2SPFinalEnsureRequestObjectWithoutExpFails", "no exp"),
    tests("FAPI2SPFinalEnsureRequestObjectWithoutNbfFails", "no nbf"),
    tests("FAPI2SPFinalEnsureExpiredRequestObjectFails", "an object that has ended"),
    tests("FAPI2SPFinalEnsureRequestObjectWithBadAudFails", "an object for another audience"),
    tests("FAPI2SPFinalEnsureServerAcceptsRequestObjectWithMultipleAud", "the issuer in a list of audiences"),
    tests("FAPI2SPFinalEnsureRequestObjectWithExpOver60Fails", "good for more than an hour"),
    tests("FAPI2SPFinalEnsureRequestObjectWithNbfOver60Fails", "older than an hour"),
    tests("FAPI2SPFinalEnsureRequestObjectWithNbf8SecondsInTheFutureIsAccepted", "a clock that is early"),
    tests("FAPI2SPFinalEnsureSignedRequestObjectWithRS256Fails", "an object with RS256"),
    tests("FAPI2SPFinalEnsureRequestObjectSignatureAlgorithmIsNotNone", "an object with alg none"),
    tests("FAPI2SPFinalEnsureRequestObjectWithInvalidSignatureFails", "a signature that is wrong"),
    tests("FAPI2SPFinalEnsureMatchingKeyInAuthorizationRequest", "a key of another application"),
    tests("FAPI2SPFinalPARRejectRequestUriInParAuthorizationRequest", "request_uri inside the object"),
    skips(
      "FAPI2SPFinalAustraliaConnectIdRequestObjectWithExpOver10Fails",
      "an ecosystem's own rule",
      CONNECT_ID,
    ),
    skips(
      "FAPI2SPFinalAustraliaConnectIdEnsureRequestObjectWithNbfOver15Fails",
      "an ecosystem's own rule",
      CONNECT_ID,
    ),
  ],
};

export const PLANS = { basic, config, rpLogout, backChannel, fapi, messageSigning };
