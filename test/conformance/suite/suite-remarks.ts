/** Why the suite warns of a module or skips it, as a certifier would be answered. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  "oidcc-scope-profile":
    "a person has one name, which is not cut into given and family names; birthdays, genders and pictures are not kept",
  "oidcc-scope-phone":
    "the user of the run has no confirmed mobile number, and no application gets one that is not confirmed",
  "fapi2-security-profile-final-test-claims-parameter-identity-claims":
    "the module asks for every claim of claims_supported, and a claim is given within the granted scopes, where the user has it",
  "oidcc-scope-all": "no postal address is kept, so `address` is not in scopes_supported",
  "oidcc-claims-essential":
    "the module asks for `name` with the scope `openid` alone, and a claim is given within the granted scopes only",
  "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported":
    "a request object must be signed; `none` is not in request_object_signing_alg_values_supported",
  "oidcc-ensure-request-object-with-redirect-uri": "as above: the module sends an unsigned request object",
  "fapi2-security-profile-final-ensure-signed-client-assertion-with-RS256-fails":
    "the module needs an RSA key of the application, and `app import` makes keys for ES256",
  "fapi2-security-profile-final-ensure-signed-request-object-with-RS256-fails": "as above",
  "oidcc-discovery-endpoint-verification":
    "request objects are signed with PS256, ES256 or EdDSA, as FAPI 2.0 has it; RS256 is left out by choice",
};

export const explanationOf = (module: string): string | undefined => EXPLANATIONS[module];
