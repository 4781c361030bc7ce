import type { OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { settingsPage, type SettingsForm } from "../settings-form.ts";

const form: SettingsForm = {
  labels: { sessionMinutes: "console.settings.session", trustedBrowserDays: "console.settings.trust" },
  valuesOf: ({ sessionMinutes, trustedBrowserDays }) => ({
    sessionMinutes: sessionMinutes === null ? "" : String(sessionMinutes),
    trustedBrowserDays: String(trustedBrowserDays ?? 0),
  }),
  settingsOf: ({ sessionMinutes = "", trustedBrowserDays = "" }) => ({
    sessionMinutes: sessionMinutes.trim() === "" ? null : Number(sessionMinutes),
    trustedBrowserDays: isOff(trustedBrowserDays.trim()) ? null : Number(trustedBrowserDays),
  }),
};

/** An emptied field is the safe end of the two. */
const isOff = (days: string): boolean => days === "" || days === "0";

/** How long people of the office stay signed in, and whether a browser may spare them the code. */
export const settingsSignInPage = (deps: ConsoleDeps): OfficePage =>
  settingsPage(deps, form, { name: "sign-in" });
