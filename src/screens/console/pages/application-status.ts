import type { Translate } from "../../../kernel/languages.ts";
import { applicationHref, applicationStep } from "../application-view.ts";
import { findApplication } from "../find-application.ts";
import type { OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** Disables an application at once, or enables it again. */
export function applicationStatusPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "application-status",
    about: "office",
    path: "/applications/:application/status",
    action: "application.disable",
    trail: ["applications"],
    show: async (context) => {
      const { t, office } = context;
      const application = await findApplication(deps, context);
      const { id, name, isDisabled } = application;
      const text = (key: string) => t(`console.application-status.${key}`, { name });
      return {
        view: "application-confirm",
        model: {
          name,
          title: text(isDisabled ? "enableTitle" : "disableTitle"),
          tone: isDisabled ? "info" : "danger",
          effects: (isDisabled ? ["again"] : ["requests", "tokens", "jwt", "people"]).map(text),
          undo: text("undo"),
          button: buttonOf(isDisabled, t),
          mustType: false,
          backHref: applicationHref(office.code, id),
        },
        below: applicationStep(context, application),
      };
    },
    submit: async (context, { decision }) => {
      const application = await findApplication(deps, context);
      const { applicationShutdown } = deps;
      if (decision === "enabled") {
        await applicationShutdown.enable(application, context.actor.id);
      }
      if (decision === "disabled") {
        await applicationShutdown.disable(application, context.actor.id);
      }
      return { type: "done", to: applicationHref(context.office.code, application.id) };
    },
  };
}

/** The button names the new status and does not toggle, so that a double click does not undo it. */
const buttonOf = (isDisabled: boolean, t: Translate) =>
  isDisabled
    ? { text: t("console.user-status.enable"), value: "enabled" }
    : { text: t("console.user-status.disable"), value: "disabled" };
