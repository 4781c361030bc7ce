import { shownApplication } from "../application-view.ts";
import { findApplication } from "../find-application.ts";
import type { OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** One application: what its developers need, filled in, and never its secret. */
export function applicationPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "application",
    about: "office",
    path: "/applications/:application",
    action: "applications.see",
    trail: ["applications"],
    show: async (context) =>
      shownApplication(deps, context, { application: await findApplication(deps, context) }),
  };
}
