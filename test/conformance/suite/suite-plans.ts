import type { ConformancePlan } from "../../../src/cli/conformance-plans.ts";

/** A plan as the suite names it, with what is chosen in its form. */
export interface SuiteChoice {
  readonly name: string;
  readonly variant: Readonly<Record<string, string>>;
}

const OPENID = { server_metadata: "discovery", client_registration: "static_client" };
const ONE_CODE = { client_registration: "static_client", response_type: "code" };
const FAPI = {
  client_auth_type: "private_key_jwt",
  sender_constrain: "dpop",
  openid: "openid_connect",
  fapi_profile: "plain_fapi",
  authorization_request_type: "simple",
};

export const SUITE_PLANS: Readonly<Record<ConformancePlan, SuiteChoice>> = {
  basic: { name: "oidcc-basic-certification-test-plan", variant: OPENID },
  "form-post": { name: "oidcc-formpost-basic-certification-test-plan", variant: OPENID },
  config: { name: "oidcc-config-certification-test-plan", variant: {} },
  "rp-logout": { name: "oidcc-rp-initiated-logout-certification-test-plan", variant: ONE_CODE },
  "back-channel": {
    name: "oidcc-backchannel-rp-initiated-logout-certification-test-plan",
    variant: ONE_CODE,
  },
  fapi2: { name: "fapi2-security-profile-final-test-plan", variant: FAPI },
  "fapi2-signing": {
    name: "fapi2-message-signing-final-test-plan",
    variant: { ...FAPI, fapi_request_method: "signed_non_repudiation", fapi_response_mode: "plain_response" },
  },
};
