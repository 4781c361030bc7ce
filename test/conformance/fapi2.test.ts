import { proofModules } from "./fapi-proofs.ts";
import { requestModules } from "./fapi-requests.ts";
import { startFapiSite, type FapiSite } from "./fapi-site.ts";
import { tokenModules } from "./fapi-tokens.ts";
import { PLANS } from "./modules.ts";
import { describePlan } from "./plan.ts";

describePlan(PLANS.fapi, (test) => {
  let site: FapiSite;
  const at = () => site;

  before(async () => {
    site = await startFapiSite();
  });
  after(() => site.site.stop());

  requestModules(test, at);
  tokenModules(test, at);
  proofModules(test, at);
});
