import { z } from "zod";
import { has } from "../journey.ts";
import type { SignIn } from "../sign-in-state.ts";
import type { Page } from "../page.ts";
import { firstChallenge, isSufficient, otherFactors } from "./factor-choice.ts";

const form = z.object({});

/** The ways that are left to somebody who no longer has the confirmed number. There is nothing to type. */
export function lostNumberPage(): Page<z.output<typeof form>> {
  return {
    name: "lost-number",
    view: "sign-in/lost-number",
    form,
    keeps: [],
    skipTo: ({ signIn }) => (signIn.factors.includes("sms") ? null : firstChallenge(signIn)),
    show: (context) => {
      const { interaction, signIn } = context;
      const base = `/interaction/${interaction.uid}`;
      return Promise.resolve({
        recoveryHref: `${base}/recovery-code`,
        otherWays: otherFactors(context, "sms", true),
        changeHref: changeHref(base, signIn),
        newHref: newHref(base, signIn),
        isPending: signIn.number.isPending,
        backHref: `${base}/challenge-sms`,
      });
    },
    submit: () => Promise.resolve({ type: "go", to: "lost-number" }),
  };
}

/** Where the app is not accepted, its code leads to a new number here. */
const changeHref = (base: string, signIn: SignIn): string | null =>
  signIn.factors.includes("totp") && !isSufficient(signIn, "totp") ? `${base}/replace-number` : null;

/** A new number needs a password that was given just now; a session's is not enough to ask for one. */
function newHref(base: string, signIn: SignIn): string | null {
  if (signIn.number.isPending) {
    return `${base}/number-pending`;
  }
  return has(signIn, "password-proved") ? `${base}/new-number` : null;
}
