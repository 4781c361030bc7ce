import type { OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { settingsPage, type SettingsForm } from "../settings-form.ts";
import { typedInteger } from "../../../kernel/typed-text/typed-text.ts";

const form: SettingsForm = {
  labels: { sessionMinutes: "console.settings.session", trustedBrowserDays: "console.settings.trust" },
  valuesOf: ({ sessionMinutes, trustedBrowserDays }) => ({
    sessionMinutes: sessionMinutes === null ? "" : String(sessionMinutes),
    trustedBrowserDays: String(trustedBrowserDays ?? 0),
  }),
  settingsOf: ({ sessionMinutes = "", trustedBrowserDays = "" }) => ({
    sessionMinutes: typedInteger(sessionMinutes) === "" ? null : Number(typedInteger(sessionMinutes)),
    trustedBrowserDays: isOff(typedInteger(trustedBrowserDays))
      ? null
      : Number(typedInteger(trustedBrowserDays)),
  }),
};

/** An empty field counts as off, the safe choice. */
const isOff = (days: string): boolean => days === "" || days === "0";

/** How long users stay signed in, and for how many days they can trust a browser. */
export const settingsSignInPage = (deps: ConsoleDeps): OfficePage =>
  settingsPage(deps, form, { name: "sign-in", model: () => ({}) });
