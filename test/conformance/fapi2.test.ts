import { proofModules } from "./fapi-proofs.ts";
import { requestModules } from "./fapi-requests.ts";
import { startFapiSite } from "./fapi-site.ts";
import { tokenModules } from "./fapi-tokens.ts";
import { PLANS } from "./modules.ts";
import { describePlan } from "./plan.ts";
import { useResource } from "../support/suite-resource.ts";

describePlan(PLANS.fapi2, (test) => {
  const at = () => site;

  const site = useResource(() => startFapiSite());
  after(() => site.site.stop());

  requestModules(test, at);
  tokenModules(test, at);
  proofModules(test, at);
});
