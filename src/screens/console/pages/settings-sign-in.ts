import type { OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { settingsPage, type SettingsForm } from "../settings-form.ts";
import { passwordlessText } from "../settings-texts.ts";
import { typedInteger } from "../../../kernel/typed-text/typed-text.ts";

const form: SettingsForm = {
  labels: {
    sessionMinutes: "console.settings.session",
    trustedBrowserDays: "console.settings.trust",
    isPasswordless: "console.settings.passwordless",
  },
  valuesOf: ({ sessionMinutes, trustedBrowserDays, isPasswordless }) => ({
    sessionMinutes: sessionMinutes === null ? "" : String(sessionMinutes),
    trustedBrowserDays: String(trustedBrowserDays ?? 0),
    isPasswordless: isPasswordless ? "yes" : "",
  }),
  settingsOf: ({ sessionMinutes = "", trustedBrowserDays = "", isPasswordless = "" }) => ({
    sessionMinutes: typedInteger(sessionMinutes) === "" ? null : Number(typedInteger(sessionMinutes)),
    trustedBrowserDays: isOff(typedInteger(trustedBrowserDays))
      ? null
      : Number(typedInteger(trustedBrowserDays)),
    isPasswordless: isPasswordless === "yes",
  }),
  textOf: (field, value, { t }) =>
    field === "isPasswordless" ? passwordlessText(value === "yes", t) : value,
};

/** An empty field counts as off, the safe choice. */
const isOff = (days: string): boolean => days === "" || days === "0";

/** How long users stay signed in, for how many days they can trust a browser, and whether a passkey alone is enough. */
export const settingsSignInPage = (deps: ConsoleDeps): OfficePage =>
  settingsPage(deps, form, { name: "sign-in", model: () => ({}) });
