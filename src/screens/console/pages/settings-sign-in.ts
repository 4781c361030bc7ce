import { officeHref, type OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { keptOf, openedValues, readTyped, save, type SettingsForm } from "../settings-form.ts";

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
export function settingsSignInPage(parts: ConsoleDeps): OfficePage {
  return {
    name: "settings-sign-in",
    about: "office",
    path: "/settings/sign-in",
    action: "settings.change",
    trail: ["settings"],
    keeps: keptOf(form),
    show: (visit) =>
      Promise.resolve({
        view: "settings-sign-in",
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
