import { TIME_ZONE_CHOICES, timeZoneText } from "../../../kernel/time-zone.ts";
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
  labels: {
    name: "console.settings.officeName",
    language: "account.language.label",
    timeZone: "account.timeZone.label",
  },
  valuesOf: ({ name, language, timeZone }) => ({ name, language, timeZone: timeZone ?? "" }),
  settingsOf: ({ name, language, timeZone }) => ({
    name,
    language,
    timeZone: timeZone === "" ? null : timeZone,
  }),
  textOf: (field, value) => (field === "language" ? (languageName(value) ?? value) : timeZoneText(value)),
};

const choices = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }));

/** Name, language and time zone of the office. */
export const settingsGeneralPage = (deps: ConsoleDeps): OfficePage =>
  settingsPage(deps, form, { name: "general", model: () => ({ choices, zones: TIME_ZONE_CHOICES }) });
