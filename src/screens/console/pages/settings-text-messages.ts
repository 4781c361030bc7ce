import type { OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { settingsPage, type SettingsForm } from "../settings-form.ts";

const form: SettingsForm = {
  labels: {
    country: "console.settings.country",
    countries: "console.settings.countries",
    smsDailyBudget: "console.settings.budget",
  },
  valuesOf: ({ country, countries, smsDailyBudget }) => ({
    country,
    countries: countries.join(", "),
    smsDailyBudget: String(smsDailyBudget),
  }),
  settingsOf: ({ country, countries = "", smsDailyBudget = "" }) => ({
    country,
    countries: countries.split(/[\s,;]+/).filter((word) => word !== ""),
    // Number("") is 0: an empty field would set the budget to zero.
    smsDailyBudget: smsDailyBudget.trim() === "" ? Number.NaN : smsDailyBudget,
  }),
};

/** The countries and the daily budget of text messages. */
export const settingsTextMessagesPage = (deps: ConsoleDeps): OfficePage =>
  settingsPage(deps, form, { name: "text-messages" });
