import { countriesIn, COUNTRY_COUNT, countryNames, tickedCountries } from "../countries.ts";
import type { OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { settingsPage, type SettingsForm } from "../settings-form.ts";

const form: SettingsForm = {
  labels: {
    country: "console.settings.country",
    countries: "console.settings.countries",
    smsDailyBudget: "console.settings.budget",
  },
  fold: (sent) => ({ ...sent, countries: tickedCountries(sent) }),
  maxFields: COUNTRY_COUNT + 10,
  valuesOf: ({ country, countries, smsDailyBudget }) => ({
    country,
    countries: countries.join(", "),
    smsDailyBudget: String(smsDailyBudget),
  }),
  settingsOf: ({ country, countries = "", smsDailyBudget = "" }) => ({
    country,
    countries: countries.split(", ").filter((word) => word !== ""),
    // Number("") is 0: an empty field would set the budget to zero.
    smsDailyBudget: smsDailyBudget.trim() === "" ? Number.NaN : smsDailyBudget,
  }),
  textOf: (field, value, { language }) => {
    const codes = field === "smsDailyBudget" ? [] : value.split(", ").filter((code) => code !== "");
    return codes.length === 0 ? value : countryNames(codes, language).join(", ");
  },
};

/** The countries and the daily budget of text messages. */
export const settingsTextMessagesPage = (deps: ConsoleDeps): OfficePage =>
  settingsPage(deps, form, {
    name: "text-messages",
    model: async ({ office, language }) => {
      const { used, budget } = await deps.overview.smsToday(office.id);
      const countries = countriesIn(language);
      return {
        countries,
        choices: countries.map(({ code, name, dial }) => ({ value: code, label: `${name} (${dial})` })),
        usage: { used: Math.min(used, budget), budget, isUsedUp: used >= budget },
      };
    },
  });
