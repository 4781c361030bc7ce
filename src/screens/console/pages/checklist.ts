import { officeHref, type OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** Puts the first steps of an office away, for all who run it. */
export function checklistPage({ checklist }: Pick<ConsoleDeps, "checklist">): OfficePage {
  return {
    name: "checklist",
    about: "office",
    path: "/first-steps",
    action: "settings.change",
    trail: ["overview"],
    show: ({ office }) =>
      Promise.resolve({ view: "checklist", model: { backHref: officeHref(office.code) } }),
    submit: async ({ office, actor }) => {
      await checklist.dismiss(office.id, actor.id);
      return { type: "done", to: officeHref(office.code) };
    },
  };
}
