import { basicModules } from "./basic-modules.ts";
import { PLANS } from "./modules.ts";
import { describePlan } from "./plan.ts";

describePlan(PLANS.basic, (test) => {
  basicModules(test, {});
});
