/** Why the suite warns of a module or skips it, as a certifier would be answered. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  "oidcc-scope-profile":
    "a person has one name, which is not cut into given and family names; birthdays, genders and pictures are not kept",
  "oidcc-scope-all": "no postal address is kept, so `address` is not in scopes_supported",
  "oidcc-claims-essential":
    "the module asks for `name` with the scope `openid` alone, and a claim is given within the granted scopes only",
  "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported":
    "a request object must be signed; `none` is not in request_object_signing_alg_values_supported",
  "oidcc-ensure-request-object-with-redirect-uri": "as above: the module sends an unsigned request object",
  "oidcc-discovery-endpoint-verification":
    "request objects are signed with PS256, ES256 or EdDSA, as FAPI 2.0 has it; RS256 is left out by choice",
};

export const explanationOf = (module: string): string | undefined => EXPLANATIONS[module];
