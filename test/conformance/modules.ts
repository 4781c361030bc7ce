import { fapi, messageSigning } from "./fapi-modules.ts";
import { backChannel, basic, config, formPost, rpLogout } from "./openid-modules.ts";
import type { ConformancePlan } from "../../src/cli/conformance-plans.ts";
import type { Plan } from "./plan-module.ts";

/** The plans under the names that `app import --plan` gives them. */
export const PLANS = {
  basic,
  "form-post": formPost,
  config,
  "rp-logout": rpLogout,
  "back-channel": backChannel,
  fapi2: fapi,
  "fapi2-signing": messageSigning,
} satisfies Record<ConformancePlan, Plan>;
