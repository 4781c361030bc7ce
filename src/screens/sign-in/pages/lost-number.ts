import { z } from "zod";
import { has } from "../journey.ts";
import type { SignIn } from "../sign-in-state.ts";
import type { Page } from "../page.ts";
import { firstChallenge, isSufficient, otherFactors } from "./factor-choice.ts";
import type { SmsDeps } from "./sms-page.ts";

const form = z.object({});

/** The options of a user who no longer has the confirmed number. */
export function lostNumberPage({ sending }: Pick<SmsDeps, "sending">): Page<z.output<typeof form>> {
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
        recoveryHref: `${base}/lost-number-code`,
        otherWays: otherFactors(context, "sms", sending),
        changeHref: changeHref(base, signIn),
        newHref: newHref(base, signIn),
        isPending: signIn.number.isPending,
        backHref: `${base}/challenge-sms`,
      });
    },
    submit: () => Promise.resolve({ type: "go", to: "lost-number" }),
  };
}

/** Where the office does not accept the app, its code allows the user to enter a new number. */
const changeHref = (base: string, signIn: SignIn): string | null =>
  signIn.factors.includes("totp") && !isSufficient(signIn, "totp") ? `${base}/replace-number` : null;

/** A request for a new number needs the password in this sign-in. A step-up from a session is not enough. */
function newHref(base: string, signIn: SignIn): string | null {
  if (signIn.number.isPending) {
    return `${base}/number-pending`;
  }
  return has(signIn, "password-proved") ? `${base}/new-number` : null;
}
