import { z } from "zod";
import { has } from "../journey.ts";
import type { SignIn } from "../situation.ts";
import type { Page } from "../page.ts";
import { isAppEnough } from "./app-way.ts";

const form = z.object({});

/** The ways that are left to somebody who no longer has the confirmed number. There is nothing to type. */
export function lostNumberPage(): Page<z.output<typeof form>> {
  return {
    name: "lost-number",
    view: "sign-in/lost-number",
    form,
    keeps: [],
    skipTo: ({ signIn }) => (signIn.factors.includes("sms") ? null : "challenge-totp"),
    show: ({ interaction, signIn }) => {
      const base = `/interaction/${interaction.uid}`;
      return Promise.resolve({
        recoveryHref: `${base}/recovery-code`,
        ...appModel(signIn, base),
        newHref: newHref(base, signIn),
        isPending: signIn.number.isPending,
        backHref: `${base}/challenge-sms`,
      });
    },
    submit: () => Promise.resolve({ go: "lost-number" }),
  };
}

/** The app signs in and the number is changed on the account page; where the app is not accepted, it leads to a new number here. */
function appModel(signIn: SignIn, base: string) {
  const hasApp = signIn.factors.includes("totp");
  return {
    appHref: isAppEnough(signIn) ? `${base}/challenge-totp` : null,
    changeHref: hasApp && !isAppEnough(signIn) ? `${base}/replace-number` : null,
  };
}

/** A new number needs a password that was given just now; a session's is not enough to ask for one. */
function newHref(base: string, signIn: SignIn): string | null {
  if (signIn.number.isPending) {
    return `${base}/number-pending`;
  }
  return has(signIn, "password-proved") ? `${base}/new-number` : null;
}
