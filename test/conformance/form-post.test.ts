import { basicModules } from "./basic-modules.ts";
import { PLANS } from "./modules.ts";
import { describePlan } from "./plan.ts";

describePlan(PLANS["form-post"], (test) => {
  basicModules(test, { response_mode: "form_post" });
});
