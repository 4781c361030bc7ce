import { languageName, LANGUAGES } from "../../../kernel/languages.ts";
import type { OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { settingsPage, type SettingsForm } from "../settings-form.ts";

/**
 * The pages of the console, one file each. A page is a value in the list of `../pages.ts`: the permission that it
 * needs, what it shows and what its form does. `../routes.ts` checks the caller and redirects. This page is the
 * simplest one with a form.
 */

const form: SettingsForm = {
  labels: { name: "console.settings.officeName", language: "account.language.label" },
  valuesOf: ({ name, language }) => ({ name, language }),
  settingsOf: ({ name, language }) => ({ name, language }),
  textOf: (field, value) => (field === "language" ? (languageName(value) ?? value) : value),
};

const choices = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }));

/** Name and language of the office. */
export const settingsGeneralPage = (deps: ConsoleDeps): OfficePage =>
  settingsPage(deps, form, { name: "general", model: { choices } });
