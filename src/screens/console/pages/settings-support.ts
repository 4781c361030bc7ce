import type { OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { settingsPage, type SettingsForm } from "../settings-form.ts";

const form: SettingsForm = {
  labels: {
    supportPhone: "support.phone",
    supportMail: "support.mail",
    supportUrl: "support.url",
    supportHours: "support.hours",
  },
  valuesOf: ({ support }) => ({
    supportPhone: support?.phone ?? "",
    supportMail: support?.mail ?? "",
    supportUrl: support?.url ?? "",
    supportHours: support?.hours ?? "",
  }),
  settingsOf: (typed) =>
    Object.fromEntries(
      Object.entries(typed).map(([name, value]) => [name, value.trim() === "" ? null : value.trim()]),
    ),
};

/** Where users of the office find help that their office cannot give. */
export const settingsSupportPage = (deps: ConsoleDeps): OfficePage =>
  settingsPage(deps, form, { name: "support", model: () => ({}) });
