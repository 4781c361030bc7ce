import type { Application } from "../../../domain/applications/application.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { applicationHref, applicationStep } from "../application-view.ts";
import { findApplication } from "../find-application.ts";
import { officeHref, type OfficeContext, type OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** Deletes an application for good. Its name is typed, so that no click alone does it. */
export function applicationDeletePage(deps: ConsoleDeps): OfficePage {
  return {
    name: "application-delete",
    about: "office",
    path: "/applications/:application/delete",
    action: "application.delete",
    trail: ["applications"],
    keeps: ["typed"],
    whenGone: ({ params: { office = "" } }) => ({ type: "done", to: officeHref(office, "/applications") }),
    show: async (context) => {
      const application = await findApplication(deps, context);
      return {
        view: "application-confirm",
        model: modelOf(application, context),
        below: applicationStep(context, application),
      };
    },
    submit: async (context, { typed = "" }) => {
      const application = await findApplication(deps, context);
      const { name } = application;
      if (typed.trim().toLowerCase() !== name.toLowerCase()) {
        return fault("typed", context.t("console.application-delete.wrong", { name }), { typed });
      }
      await deps.applicationShutdown.delete(application, context.actor.id);
      return { type: "done", to: officeHref(context.office.code, "/applications") };
    },
  };
}

function modelOf({ id, name }: Application, { t, office }: OfficeContext) {
  const text = (key: string) => t(`console.application-delete.${key}`, { name });
  return {
    name,
    title: text("title"),
    here: text("submit"),
    tone: "danger",
    effects: ["settings", "tokens", "people", "audit"].map(text),
    undo: text("undo"),
    button: { text: text("submit"), value: "delete" },
    mustType: true,
    values: { typed: "" },
    backHref: applicationHref(office.code, id),
  };
}
