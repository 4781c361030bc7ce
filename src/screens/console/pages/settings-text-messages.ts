import { officeHref, type OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { keptOf, openedValues, readTyped, save, type SettingsForm } from "../settings-form.ts";

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
export function settingsTextMessagesPage(parts: ConsoleDeps): OfficePage {
  return {
    name: "settings-text-messages",
    about: "office",
    path: "/settings/text-messages",
    action: "settings.change",
    trail: ["settings"],
    keeps: keptOf(form),
    show: (visit) =>
      Promise.resolve({
        view: "settings-text-messages",
        model: {
          values: openedValues(parts, form, visit),
          backHref: officeHref(visit.office.code, "/settings"),
        },
      }),
    submit: async (visit, fields) => {
      const typed = await readTyped(parts, form, { visit, fields });
      return typed.type === "answered" ? typed.outcome : save(parts, form, { visit, ...typed });
    },
  };
}
