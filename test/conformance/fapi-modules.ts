import { skips, tests, type Plan } from "./plan-module.ts";

const PROFILE =
  "Belongs to a national ecosystem (Australia, Brazil, United Kingdom); `plain_fapi` does not run it.";

export const fapi: Plan = {
  name: "fapi2-security-profile-final-test-plan",
  title: "FAPI 2.0 Security Profile",
  about: "Variants `openid`, `private_key_jwt`, `dpop`, `plain_fapi`; for applications with `--fapi`.",
  modules: [
    tests("fapi2-security-profile-final-discovery-end-point-verification", "metadata that the profile needs"),
    tests(
      "fapi2-security-profile-final-happy-flow",
      "two applications, two redirect URIs, tokens bound to a key",
    ),
    tests("fapi2-security-profile-final-user-rejects-authentication", "access_denied at the redirect URI"),
    tests(
      "fapi2-security-profile-final-ensure-authorization-request-without-state-success",
      "no state, none comes back",
    ),
    tests(
      "fapi2-security-profile-final-ensure-authorization-request-without-nonce-success",
      "no nonce, none comes back",
    ),
    tests(
      "fapi2-security-profile-final-ensure-authorization-request-with-64-char-nonce-success",
      "a nonce of 64 characters",
    ),
    tests("fapi2-security-profile-final-ensure-other-scope-order-succeeds", "another order of scopes"),
    tests("fapi2-security-profile-final-test-claims-parameter-identity-claims", "the claims parameter"),
    tests(
      "fapi2-security-profile-final-access-token-type-header-case-sensitivity",
      "the scheme in another case",
    ),
    tests("fapi2-security-profile-final-check-dpop-proof-nbf-exp", "nbf and exp of a proof are heeded"),
    tests(
      "fapi2-security-profile-final-ensure-dpopproof-with-iat-10seconds-before-succeeds",
      "a clock that is late",
    ),
    tests(
      "fapi2-security-profile-final-ensure-dpopproof-with-iat-10seconds-after-succeeds",
      "a clock that is early",
    ),
    tests(
      "fapi2-security-profile-final-ensure-mismatched-dpop-jkt-fails",
      "dpop_jkt of another key than the proof's",
    ),
    tests(
      "fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt",
      "another key at the token endpoint than at PAR",
    ),
    tests(
      "fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-jkt",
      "another key at the token endpoint than dpop_jkt says",
    ),
    tests(
      "fapi2-security-profile-final-ensure-dpopproof-at-par-endpoint-binding-success",
      "a proof at PAR binds the code",
    ),
    tests("fapi2-security-profile-final-ensure-dpop-auth-code-binding-success", "dpop_jkt binds the code"),
    tests(
      "fapi2-security-profile-final-ensure-different-nonce-inside-and-outside-request-object",
      "a nonce in the address does not win",
    ),
    tests(
      "fapi2-security-profile-final-ensure-different-state-inside-and-outside-request-object",
      "a state in the address does not win",
    ),
    tests(
      "fapi2-security-profile-final-ensure-authorization-request-with-long-nonce",
      "a nonce of 384 characters",
    ),
    tests(
      "fapi2-security-profile-final-ensure-authorization-request-with-long-state",
      "a state of 384 characters",
    ),
    tests(
      "fapi2-security-profile-final-state-only-outside-request-object-not-used",
      "a state in the address alone is not used",
    ),
    tests("fapi2-security-profile-final-ensure-request-object-without-redirect-uri-fails", "no redirect_uri"),
    tests(
      "fapi2-security-profile-final-ensure-redirect-uri-in-authorization-request",
      "no redirect_uri, though it stands in the address",
    ),
    tests("fapi2-security-profile-final-ensure-registered-redirect-uri", "an address that is not registered"),
    tests(
      "fapi2-security-profile-final-plain-fapi-tolerate-unregistered-redirect-uri",
      "an address that is not registered, which may be refused",
    ),
    tests(
      "fapi2-security-profile-final-ensure-unsigned-authorization-request-without-using-par-fails",
      "parameters in the address without PAR",
    ),
    tests(
      "fapi2-security-profile-final-ensure-response-type-code-idtoken-fails",
      "response_type=code id_token",
    ),
    tests("fapi2-security-profile-final-ensure-response-type-token-fails", "response_type=token"),
    tests(
      "fapi2-security-profile-final-ensure-client-id-in-token-endpoint",
      "another application's id at the token endpoint",
    ),
    tests("fapi2-security-profile-final-ensure-holder-of-key-required", "no proof, no token"),
    tests(
      "fapi2-security-profile-final-ensure-authorization-code-is-bound-to-client",
      "another application's code",
    ),
    tests(
      "fapi2-security-profile-final-attempt-reuse-authorization-code-after-one-second",
      "a code's second use, which ends its tokens",
    ),
    tests(
      "fapi2-security-profile-final-ensure-token-endpoint-fails-with-expired-auth-code",
      "a code after 60 seconds",
    ),
    tests(
      "fapi2-security-profile-final-ensure-signed-client-assertion-with-RS256-fails",
      "an assertion with RS256",
    ),
    tests("fapi2-security-profile-final-ensure-client-assertion-in-token-endpoint", "no assertion"),
    tests(
      "fapi2-security-profile-final-ensure-client-assertion-with-exp-is-5-minutes-in-past-fails",
      "an assertion that has ended",
    ),
    tests(
      "fapi2-security-profile-final-ensure-client-assertion-with-wrong-aud-fails",
      "an assertion for another audience",
    ),
    tests(
      "fapi2-security-profile-final-ensure-client-assertion-with-no-sub-fails",
      "an assertion without a subject",
    ),
    tests("fapi2-security-profile-final-dpop-negative-tests", "faulty proofs"),
    tests("fapi2-security-profile-final-refresh-token", "refreshing, bound to application and key"),
    tests(
      "fapi2-security-profile-final-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds",
      "reloading before the sign-in",
    ),
    tests("fapi2-security-profile-final-par-attempt-reuse-request_uri", "a pushed request's second use"),
    tests(
      "fapi2-security-profile-final-par-attempt-to-use-expired-request_uri",
      "a pushed request that has ended",
    ),
    tests(
      "fapi2-security-profile-final-par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted",
      "a clock that is 8 seconds early",
    ),
    tests(
      "fapi2-security-profile-final-par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails",
      "one that is more than 60 early",
    ),
    tests(
      "fapi2-security-profile-final-par-attempt-to-use-request_uri-for-different-client",
      "a pushed request of another application",
    ),
    tests(
      "fapi2-security-profile-final-par-authorization-request-containing-request_uri-form-param",
      "request_uri inside PAR",
    ),
    tests("fapi2-security-profile-final-par-attempt-invalid-http-method", "another method"),
    tests("fapi2-security-profile-final-par-ensure-pkce-required", "no challenge"),
    tests("fapi2-security-profile-final-ensure-pkce-code-verifier-required", "no verifier"),
    tests("fapi2-security-profile-final-incorrect-pkce-code-verifier-rejected", "a wrong verifier"),
    tests("fapi2-security-profile-final-par-plain-pkce-rejected", "the method plain"),
    tests("fapi2-security-profile-final-par-without-duplicate-parameters", "client_id and request_uri alone"),
    tests(
      "fapi2-security-profile-final-par-test-array-as-audience-fails",
      "the PAR address in a list as audience",
    ),
    tests(
      "fapi2-security-profile-final-par-test-par-endpoint-url-as-audience-fails",
      "the PAR address as audience",
    ),
    tests(
      "fapi2-security-profile-final-par-test-token-endpoint-url-as-audience-fails",
      "the token address as audience",
    ),
    skips(
      "fapi2-security-profile-final-australia-connectid-ensure-invalid-purpose-fails",
      "an ecosystem's own rule",
      PROFILE,
    ),
    skips(
      "fapi2-security-profile-final-ensure-server-handles-non-matching-intent-id",
      "an ecosystem's own rule",
      PROFILE,
    ),
    skips("fapi2-security-profile-final-test-essential-acr-sca-claim", "an ecosystem's own rule", PROFILE),
    skips(
      "fapi2-security-profile-final-brazil-ensure-bad-payment-signature-fails",
      "an ecosystem's own rule",
      PROFILE,
    ),
    skips(
      "fapi2-security-profile-final-australia-connectid-test-claims-parameter-idtoken-identity-claims",
      "an ecosystem's own rule",
      PROFILE,
    ),
  ],
};

const CONNECT_ID = "Belongs to Australia's ConnectID; `plain_fapi` does not run it.";

export const messageSigning: Plan = {
  name: "fapi2-message-signing-final-test-plan",
  title: "FAPI 2.0 Message Signing: signed requests",
  about:
    "The modules that it has beside those above, pushed and by value; for applications with `--fapi --signed-requests`.",
  modules: [
    tests(
      "fapi2-security-profile-final-ensure-unsigned-request-at-par-endpoint-fails",
      "parameters instead of an object",
    ),
    tests("fapi2-security-profile-final-ensure-request-object-without-exp-fails", "no exp"),
    tests("fapi2-security-profile-final-ensure-request-object-without-nbf-fails", "no nbf"),
    tests("fapi2-security-profile-final-ensure-expired-request-object-fails", "an object that has ended"),
    tests(
      "fapi2-security-profile-final-ensure-request-object-with-bad-aud-fails",
      "an object for another audience",
    ),
    tests(
      "fapi2-security-profile-final-ensure-request-object-with-multiple-aud-succeeds",
      "the issuer in a list of audiences",
    ),
    tests(
      "fapi2-security-profile-final-ensure-request-object-with-exp-over-60-fails",
      "good for more than an hour",
    ),
    tests("fapi2-security-profile-final-ensure-request-object-with-nbf-over-60-fails", "older than an hour"),
    tests(
      "fapi2-security-profile-final-ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted",
      "a clock that is early",
    ),
    tests(
      "fapi2-security-profile-final-ensure-signed-request-object-with-RS256-fails",
      "an object with RS256",
    ),
    tests(
      "fapi2-security-profile-final-ensure-request-object-signature-algorithm-is-not-none",
      "an object with alg none",
    ),
    tests(
      "fapi2-security-profile-final-ensure-request-object-with-invalid-signature-fails",
      "a signature that is wrong",
    ),
    tests(
      "fapi2-security-profile-final-ensure-matching-key-in-authorization-request",
      "a key of another application",
    ),
    tests(
      "fapi2-security-profile-final-par-authorization-request-containing-request_uri",
      "request_uri inside the object",
    ),
    skips(
      "fapi2-security-profile-final-australia-connectid-ensure-request-object-with-exp-over-10-fails",
      "an ecosystem's own rule",
      CONNECT_ID,
    ),
    skips(
      "fapi2-security-profile-final-australia-connectid-ensure-request-object-with-nbf-over-15-fails",
      "an ecosystem's own rule",
      CONNECT_ID,
    ),
  ],
};
