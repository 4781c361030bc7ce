import type { OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { settingsPage, type SettingsForm } from "../settings-form.ts";
import { mailboxEnoughText, passwordlessText } from "../settings-texts.ts";
import { typedInteger } from "../../../kernel/typed-text/typed-text.ts";

const form: SettingsForm = {
  labels: {
    sessionMinutes: "console.settings.session",
    trustedBrowserDays: "console.settings.trust",
    isPasswordless: "console.settings.passwordless",
    isMailboxEnough: "console.settings.mailbox",
  },
  valuesOf: ({ sessionMinutes, trustedBrowserDays, isPasswordless, isMailboxEnough }) => ({
    sessionMinutes: sessionMinutes === null ? "" : String(sessionMinutes),
    trustedBrowserDays: String(trustedBrowserDays ?? 0),
    isPasswordless: isPasswordless ? "yes" : "",
    isMailboxEnough: isMailboxEnough ? "yes" : "",
  }),
  settingsOf: ({
    sessionMinutes = "",
    trustedBrowserDays = "",
    isPasswordless = "",
    isMailboxEnough = "",
  }) => ({
    sessionMinutes: typedInteger(sessionMinutes) === "" ? null : Number(typedInteger(sessionMinutes)),
    trustedBrowserDays: isOff(typedInteger(trustedBrowserDays))
      ? null
      : Number(typedInteger(trustedBrowserDays)),
    isPasswordless: isPasswordless === "yes",
    isMailboxEnough: isMailboxEnough === "yes",
  }),
  textOf: (field, value, { t }) => {
    switch (field) {
      case "isPasswordless":
        return passwordlessText(value === "yes", t);
      case "isMailboxEnough":
        return mailboxEnoughText(value === "yes", t);
      default:
        return value;
    }
  },
};

/** An empty field counts as off, the safe choice. */
const isOff = (days: string): boolean => days === "" || days === "0";

/** How long users stay signed in, for how many days they can trust a browser, and whether a passkey or a mailbox alone is enough. */
export const settingsSignInPage = (deps: ConsoleDeps): OfficePage =>
  settingsPage(deps, form, { name: "sign-in", model: () => ({}) });
