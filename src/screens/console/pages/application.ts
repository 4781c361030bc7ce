import { now } from "../../../kernel/clock.ts";
import { shownApplication } from "../application-view.ts";
import { findApplication } from "../find-application.ts";
import type { OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** One application with all that its developers need, except the secret. */
export function applicationPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "application",
    about: "office",
    path: "/applications/:application",
    action: "applications.see",
    trail: ["applications"],
    show: async (context) => {
      const application = await findApplication(deps, context);
      const refusals = await deps.refusals.list(application, now());
      return shownApplication(deps, context, { application, refusals });
    },
  };
}
