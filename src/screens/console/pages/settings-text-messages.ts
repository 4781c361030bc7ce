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
    // An empty box would count as 0.
    smsDailyBudget: smsDailyBudget.trim() === "" ? Number.NaN : smsDailyBudget,
  }),
};

/** Where text messages go, and how many of them. */
export const settingsTextMessagesPage = (deps: ConsoleDeps): OfficePage =>
  settingsPage(deps, form, { name: "text-messages" });
