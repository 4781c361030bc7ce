import { languageName, LANGUAGES } from "../../../kernel/languages.ts";
import { officeHref, type OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { keptOf, openedValues, readTyped, save, type SettingsForm } from "../settings-form.ts";

/**
 * Pages of the console, one file each. A page names the action that `domain/access` must permit, what it shows and what its form changes;
 * `../routes.ts` does the rest. This one is a good example of a page with a form. A new page also needs a line in `../pages.ts`.
 */

const form: SettingsForm = {
  labels: { name: "console.settings.officeName", language: "account.language.label" },
  valuesOf: ({ name, language }) => ({ name, language }),
  settingsOf: ({ name, language }) => ({ name, language }),
  inWords: (field, value) => (field === "language" ? (languageName(value) ?? value) : value),
};

/** Name and language of the office. */
export function settingsGeneralPage(parts: ConsoleDeps): OfficePage {
  return {
    name: "settings-general",
    about: "office",
    path: "/settings/general",
    action: "settings.change",
    trail: ["settings"],
    keeps: keptOf(form),
    show: (visit) =>
      Promise.resolve({
        view: "settings-general",
        model: {
          values: openedValues(parts, form, visit),
          choices: Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
          backHref: officeHref(visit.office.code, "/settings"),
        },
      }),
    submit: async (visit, fields) => {
      const typed = await readTyped(parts, form, { visit, fields });
      return typed.type === "answered" ? typed.outcome : save(parts, form, { visit, ...typed });
    },
  };
}
